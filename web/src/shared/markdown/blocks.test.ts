import { describe, expect, test as it } from 'vitest';
import { blocksOf } from './blocks';

const fence = '```ts\nconst word = /[^a-z]+/u;\n```\n';
const paragraphs = Array.from({ length: 40 }, (_, n) => `Paragraph ${n} with \`/[^x]/\` in it.`).join('\n\n');

describe('blocksOf', () => {
  it('keeps every letter', () => {
    const text = `# One\n\n${fence}\n${paragraphs}\n`;
    expect(blocksOf(text).join('')).toBe(text);
  });

  it('a regular expression in code is no footnote', () => {
    expect(blocksOf(`One.\n\n${fence}\nTwo.`)).toEqual(['One.\n\n', `${fence}\n`, 'Two.']);
  });

  it('a text with footnotes is one block', () => {
    const text = 'One.[^a]\n\n[^a]: Note.';
    expect(blocksOf(text)).toEqual([text]);
  });

  it('what looks like a note in code is none', () => {
    expect(blocksOf('One.[^a]\n\n```\n[^a]: Note.\n```\n\nTwo.')).toHaveLength(3);
  });

  // The guard of "How the stream stays smooth": a block that is the same string is not rendered again.
  it('while text comes, each flush changes the last two blocks at most', () => {
    const text = `# One\n\n${fence}\n${paragraphs}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n${fence}`;
    let before: string[] = [];
    for (let end = 0; end <= text.length; end += 7) {
      const now = blocksOf(text.slice(0, end));
      const settled = before.slice(0, -2);
      expect(now.slice(0, settled.length), text.slice(end - 40, end)).toEqual(settled);
      before = now;
    }
    expect(before.length).toBeGreaterThan(40);
  });
});
