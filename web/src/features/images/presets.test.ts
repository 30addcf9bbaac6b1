import { expect, test as it } from 'vitest';
import { presets, splitPresets, withPresets, wordsOf } from './presets';

it.each([
  ['A fox', ['photo'], `A fox, ${wordsOf(['photo'])}`],
  ['A fox.', ['photo'], `A fox. ${wordsOf(['photo'])}`],
  ['  A fox  ', [], 'A fox'],
  ['', ['photo'], ''],
])('“%s” with %j', (prompt, chosen, whole) => {
  expect(withPresets(prompt, chosen)).toBe(whole);
});

it('styles are taken out again as they were put in', () => {
  const all = presets.map(({ id }) => id);
  for (const chosen of [...all.map((id) => [id]), ['line', 'poster'], all, []]) {
    expect(splitPresets(withPresets('A fox in snow', chosen))).toEqual({ prompt: 'A fox in snow', presets: chosen });
  }
});

it.each(['A fox', wordsOf(['photo']), `${wordsOf(['photo'])} of a fox`, 'a photograph'])(
  '“%s” was typed so',
  (prompt) => {
    expect(splitPresets(prompt)).toEqual({ prompt, presets: [] });
  },
);
