import { parseMarkdownIntoBlocks } from 'streamdown';
import { codeIn } from './formulas';

/** A note at the foot, to which marks such as `[^1]` lead. */
const note = /^ {0,3}\[\^[\w-]+\]:/mu;
const mark = '[^';
/** As long as a mark, and none. */
const noMark = '(^';

/**
 * The blocks of a text, each of which is parsed on its own. A text with
 * footnotes is one block, as their marks and notes belong together. Marks
 * without a note are text, mostly regular expressions such as `[^a-z]`; they
 * must not make one block of a long answer, which would be rendered anew with
 * every word.
 */
export function blocksOf(text: string): string[] {
  if (!text.includes(mark) || (note.test(text) && note.test(text.replaceAll(codeIn, '')))) {
    return parseMarkdownIntoBlocks(text);
  }
  const plain = text.replaceAll(/\r\n|\r/gu, '\n');
  let end = 0;
  return parseMarkdownIntoBlocks(plain.replaceAll(mark, noMark)).map((block) => {
    const begin = end;
    end += block.length;
    return plain.slice(begin, end);
  });
}
