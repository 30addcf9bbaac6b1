import { expect, test as it } from 'vitest';
import { secondsBetween } from './clock';
import { isBlocked, waitOf } from './ways-on';

const at = '2026-11-25T10:00:00Z';
const after = (seconds: number) => Date.parse(at) + seconds * 1000;
const error = { title: 'Busy', status: 429, retry_after_seconds: 30 };

it.each<[string, Parameters<typeof waitOf>[0], number, number]>([
  ['just now', { error, finished_at: at }, 0, 30],
  ['a while later', { error, finished_at: at }, 12.4, 18],
  ['when the time has come', { error, finished_at: at }, 30, 0],
  ['long after', { error, finished_at: at }, 3600, 0],
  ['with a clock that is behind', { error, finished_at: at }, -300, 30],
  ['before the server says when it failed', { error }, 5, 30],
  ['where nobody says how long', { error: { title: 'No', status: 502 }, finished_at: at }, 0, 0],
  ['where it did not fail', { finished_at: at }, 0, 0],
])('how long to wait: %s', (_, job, seconds, want) => {
  expect(waitOf(job, after(seconds))).toBe(want);
});

it('only what was declined is declined again', () => {
  expect(isBlocked('provider_blocked')).toBe(true);
  expect(isBlocked('provider_overloaded')).toBe(false);
});

it('seconds that ran', () => {
  expect(secondsBetween(after(0), after(2.9))).toBe(2);
  expect(secondsBetween(after(0), after(-60))).toBe(0);
});
