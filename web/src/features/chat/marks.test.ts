import { expect, test as it } from 'vitest';
import { marksIn } from './marks';

/** The text with its marks in brackets. */
const shown = (text: string, search: string) =>
  marksIn(text, search)
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join('');

it.each([
  { text: 'The quick brown fox', search: 'qui FOX', marked: 'The [qui]ck brown [fox]' },
  { text: 'Überblick über alles', search: 'uber', marked: '[Über]blick [über] alles' },
  { text: 'A cafe\u0301 and a café', search: 'cafe', marked: 'A [cafe\u0301] and a [café]' },
  { text: 'the other, theme', search: 'the', marked: '[the] other, [the]me' },
  { text: '今日は東京へ行く', search: '東京', marked: '今日は[東京]へ行く' },
  { text: 'ﬁnd it', search: 'fi', marked: '[ﬁ]nd it' },
  { text: 'a (b) c++', search: 'c++', marked: 'a (b) [c]++' },
  { text: '🙂 smile', search: 'smi', marked: '🙂 [smi]le' },
  { text: 'nothing', search: 'else', marked: 'nothing' },
  { text: 'nothing', search: ' ', marked: 'nothing' },
  { text: '', search: 'a', marked: '' },
])('marks “$search” in “$text”', ({ text, search, marked }) => {
  expect(shown(text, search)).toBe(marked);
});

it('loses nothing of the text', () => {
  const text = 'Ein «Überblick» – 概要 ﬁn 🙂\u0301 e\u0301';
  expect(
    marksIn(text, 'u e 概 fin')
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});
