/** A piece of a line and the name of its colour, as markdown.css knows it; empty for the text's own. */
export type Token = [text: string, name: string];

/** What the page tells the worker about a block of code. */
export type Request =
  | { block: number; language: string; code: string }
  /** The block is gone; forget it. */
  | { block: number; gone: true };

/** What the worker answers: the block's lines from one on. Those before it stand. */
export interface Answer {
  block: number;
  from: number;
  lines: Token[][];
}
