import { expect, test as it } from 'vitest';
import { backoff } from './backoff';

it.each([
  [1, 0, 150],
  [1, 1, 300],
  [2, 1, 600],
  [4, 0.5, 1800],
  [6, 1, 9600],
  [7, 1, 10_000],
  [50, 0, 5000],
])('attempt %i with %f of the spread waits %i ms', (attempt, random, want) => {
  expect(backoff(attempt, () => random)).toBe(want);
});
