import { createCssVariablesTheme, createHighlighterCore, type GrammarState } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import type { Answer, Request, Token } from './highlighting';
import { languageNamed, loadLanguage } from './languages';

/** What is known of a block whose code may still grow. */
interface Known {
  language: string;
  /** The code up to the end of its last whole line. */
  whole: string;
  lines: number;
  /** The grammar's state after it; undefined at the beginning. */
  state: GrammarState | undefined;
}

const theme = 'names';
const prefix = '--code-';
const blocks = new Map<number, Known>();
/** Blocks whose owner has gone while they were being worked on. */
const gone = new Set<number>();

// The JavaScript engine: WebAssembly would need a hole in the content security policy.
const highlighter = createHighlighterCore({
  themes: [createCssVariablesTheme({ name: theme, variablePrefix: prefix, fontStyle: false })],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});

/**
 * Colours what a block has more than the last time. Whole lines are done once,
 * so a long block costs as much while it streams as when it comes at once.
 */
async function highlight(block: number, name: string, code: string): Promise<Answer | undefined> {
  const language = languageNamed(name);
  if (!language) {
    return undefined;
  }
  const shiki = await highlighter;
  if (!shiki.getLoadedLanguages().includes(language)) {
    await shiki.loadLanguage(await loadLanguage(language));
  }
  let known = blocks.get(block);
  if (!known || known.language !== language || !code.startsWith(known.whole)) {
    known = { language, whole: '', lines: 0, state: undefined };
  }

  const tokens = (text: string, state: GrammarState | undefined) =>
    shiki.codeToTokens(text, { lang: language, theme, ...(state && { grammarState: state }) });

  const end = code.lastIndexOf('\n') + 1;
  const from = known.lines;
  const lines: Token[][] = [];
  if (end > known.whole.length) {
    const more = tokens(code.slice(known.whole.length, end - 1), known.state);
    lines.push(...more.tokens.map(compact));
    known = { language, whole: code.slice(0, end), lines: from + lines.length, state: more.grammarState };
  }
  if (!gone.delete(block)) {
    blocks.set(block, known);
  }
  const [rest] = tokens(code.slice(end), known.state).tokens;
  if (rest) {
    lines.push(compact(rest));
  }
  return { block, from, lines };
}

const colorName = /token-(?<name>[a-z-]+)/u;

/** "var(--code-token-keyword)" becomes "keyword"; neighbours of one colour become one. */
function compact(line: { content: string; color?: string }[]): Token[] {
  const result: Token[] = [];
  for (const { content, color } of line) {
    const { name = '' } = colorName.exec(color ?? '')?.groups ?? {};
    const last = result.at(-1);
    if (last && last[1] === name) {
      last[0] += content;
    } else {
      result.push([content, name]);
    }
  }
  return result;
}

self.addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  if ('gone' in data) {
    if (!blocks.delete(data.block)) {
      gone.add(data.block);
    }
    return;
  }
  const nothing: Answer = { block: data.block, from: 0, lines: [] };
  // A grammar that trips over the code leaves it plain; it is still code to read and copy.
  const answer = await highlight(data.block, data.language, data.code).catch(() => undefined);
  self.postMessage(answer ?? nothing);
});
