import { useEffect, useRef, useState } from 'react';
import type { Answer, Request, Token } from './highlighting';

let worker: Worker | undefined;
let lastBlock = 0;
const listeners = new Map<number, (answer: Answer) => void>();

/** Made at the first block of code that anybody sees. */
function send(request: Request) {
  if (!worker) {
    worker = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      listeners.get(data.block)?.(data);
    });
  }
  worker.postMessage(request);
}

/** One block of code in the worker: one question at a time, and then the newest. */
class Block {
  readonly #id: number;
  #busy = false;
  #next: { language: string; code: string } | undefined;

  constructor(onAnswer: (answer: Answer) => void) {
    lastBlock += 1;
    this.#id = lastBlock;
    listeners.set(this.#id, (answer) => {
      this.#busy = false;
      this.#ask();
      onAnswer(answer);
    });
  }

  show(language: string, code: string) {
    this.#next = { language, code };
    this.#ask();
  }

  close() {
    listeners.delete(this.#id);
    send({ block: this.#id, gone: true });
  }

  #ask() {
    if (this.#busy || !this.#next) {
      return;
    }
    send({ block: this.#id, ...this.#next });
    this.#busy = true;
    this.#next = undefined;
  }
}

const none: Token[][] = [];

/** The lines of some code in colour, as far as they are known by now. */
export function useHighlighting(code: string, language: string): Token[][] {
  const [lines, setLines] = useState(none);
  const block = useRef<Block>(undefined);

  useEffect(() => {
    block.current = new Block(({ from, lines: more }) => {
      setLines((before) => (more.length === 0 ? before : [...before.slice(0, from), ...more]));
    });
    return () => block.current?.close();
  }, []);

  useEffect(() => {
    if (language !== '') {
      block.current?.show(language, code);
    }
  }, [code, language]);

  return lines;
}
