import { afterEach, expect, test as it, vi } from 'vitest';
import { fateOf } from './stored-picture';

afterEach(() => vi.unstubAllGlobals());

const answer = (status: number, retryAfter?: string) => () =>
  Promise.resolve(new Response('', { status, headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter } }));
const never = () => Promise.reject(new TypeError('Failed to fetch'));

it.each([
  ['comes at the next try', [answer(200)], 'here', 1],
  ['was deleted', [answer(404)], 'gone', 1],
  ['has no small picture', [answer(422)], 'broken', 1],
  ['comes after too many requests', [answer(429), answer(503), answer(200)], 'here', 3],
  ['comes when there is a line again', [never, never, answer(200)], 'here', 3],
  ['turns out to be deleted', [answer(500), answer(404)], 'gone', 2],
])('a picture that %s', async (_, answers, fate, requests) => {
  const plan = [...answers];
  const fetched = vi.fn(() => plan.shift()?.());
  vi.stubGlobal('fetch', fetched);
  await expect(fateOf('/p', new AbortController().signal, () => Promise.resolve())).resolves.toBe(fate);
  expect(fetched).toHaveBeenCalledTimes(requests);
});

it('waits as long as the server says, and rests after many tries', async () => {
  const plan = [answer(429, '30'), ...Array.from({ length: 7 }, () => answer(500)), answer(200)];
  vi.stubGlobal('fetch', () => plan.shift()?.());
  const waits: number[] = [];
  await fateOf('/p', new AbortController().signal, (milliseconds) => {
    waits.push(milliseconds);
    return Promise.resolve();
  });
  expect(waits[0]).toBeLessThan(1000);
  expect(waits[1]).toBe(30_000);
  expect(waits[2]).toBeLessThan(30_000);
  expect(waits[8]).toBe(3_600_000);
});

it('ends when nobody looks any more', async () => {
  vi.stubGlobal('fetch', never);
  const leaving = new AbortController();
  const waiting = fateOf('/p', leaving.signal);
  leaving.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
});
