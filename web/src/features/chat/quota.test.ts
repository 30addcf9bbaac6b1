import { expect, it } from 'vitest';
import { leftWords, type QuotaState, quotaState } from './quota';

it.each<[number, number, QuotaState]>([
  [0, 0, 'plenty'],
  [899, 0, 'plenty'],
  [900, 0, 'near'],
  [999, 0, 'near'],
  [1000, 0, 'gone'],
  [1200, 0, 'gone'],
  [700, 300, 'gone'],
  [699, 300, 'plenty'],
])('%i of 1000 tokens used, and %i needed: %s', (used, least, state) => {
  expect(quotaState({ limit: 1000, used }, least)).toBe(state);
});

it.each([
  [0, 'none left this month'],
  [1, '1 left this month'],
  [1488, '1,488 left this month'],
])('%i pictures remain: %s', (remaining, words) => {
  expect(leftWords({ remaining })).toBe(words);
});
