import { expect, test as it } from 'vitest';
import { problemFrom } from '@/shared/api/problem';
import { isDeclined, waitOf } from './ways-on';

const problem = (more: object) => problemFrom({ title: '', status: 502, ...more }, { status: 0 });
const asked = { created_at: '2026-11-25T12:00:00Z' };

it.each([
  [0, 60],
  [0.2, 60],
  [20, 40],
  [59.5, 1],
  [60, 0],
  [1000, 0],
  [-30, 60], // the page's clock is behind
])('%f seconds after the question one of 60 leaves %i', (since, left) => {
  const now = Date.parse(asked.created_at) + since * 1000;
  expect(waitOf(problem({ retry_after_seconds: 60 }), asked, now)).toBe(left);
});

it('waits for nothing where nobody says so', () => {
  expect(waitOf(problem({}), asked, Date.parse(asked.created_at))).toBe(0);
});

it.each([
  ['provider_blocked', true],
  ['provider_rate_limited', false],
])('%s is declined: %s', (kind, declined) => {
  expect(isDeclined(problem({ type: `urn:pulse:problem:${kind}` }))).toBe(declined);
});
