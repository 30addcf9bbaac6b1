/** A piece of a text, and whether it is one of the words that were searched. */
export interface Piece {
  text: string;
  marked: boolean;
}

const accents = /\p{M}/gu;
const word = /[\p{L}\p{N}]+/gu;
const letter = /[\p{L}\p{N}]/u;
/** Scripts that put no spaces between words: what is searched may begin anywhere. */
const unspaced =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Without case and accents, as the server searches. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(accents, '').toLowerCase();
}

/**
 * A text in pieces, those marked that the search found: each of its words where
 * a word begins so.
 */
export function marksIn(text: string, search: string): Piece[] {
  const words = fold(search).match(word) ?? [];
  // Folded, with the place in the text that each letter comes from.
  let folded = '';
  const from: number[] = [];
  let place = 0;
  for (const character of text) {
    const plain = fold(character);
    folded += plain;
    from.push(...new Array<number>(plain.length).fill(place));
    place += character.length;
  }
  from.push(text.length);

  const marked = new Array<boolean>(folded.length).fill(false);
  for (const each of new Set(words)) {
    for (let at = folded.indexOf(each); at !== -1; at = folded.indexOf(each, at + 1)) {
      const before = [...folded.slice(0, at)].at(-1) ?? '';
      if (!letter.test(before) || unspaced.test(each)) {
        marked.fill(true, at, at + each.length);
      }
    }
  }
  return piecesOf(text, from, marked);
}

function piecesOf(text: string, from: readonly number[], marked: readonly boolean[]): Piece[] {
  const pieces: Piece[] = [];
  let begin = 0;
  for (let at = 1; at <= marked.length; at += 1) {
    if (at === marked.length || marked[at] !== marked[begin]) {
      const piece = text.slice(begin === 0 ? 0 : from[begin], from[at]);
      if (piece !== '') {
        pieces.push({ text: piece, marked: marked[begin] === true });
      }
      begin = at;
    }
  }
  if (marked.length === 0 && text !== '') {
    pieces.push({ text, marked: false });
  }
  return pieces;
}
