import { expect, test as it } from 'vitest';
import { ago } from './ago';

const now = new Date('2026-11-25T12:00:00Z');

it.each([
  ['2026-11-25T12:00:30Z', 'just now'], // the server's clock is ahead
  ['2026-11-25T11:59:01Z', 'just now'],
  ['2026-11-25T11:59:00Z', '1 minute ago'],
  ['2026-11-25T11:00:01Z', '59 minutes ago'],
  ['2026-11-25T09:00:00Z', '3 hours ago'],
  ['2026-11-24T12:00:00Z', 'yesterday'],
  ['2026-11-05T12:00:00Z', '20 days ago'],
  ['2026-10-20T12:00:00Z', 'last month'],
  ['2024-11-01T12:00:00Z', '2 years ago'],
])('%s was %s', (at, words) => {
  expect(ago(at, now)).toBe(words);
});
