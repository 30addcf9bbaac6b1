import { expect, it } from 'vitest';
import { type QuotaState, quotaState } from './quota';

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
