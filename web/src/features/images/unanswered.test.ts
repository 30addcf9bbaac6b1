import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { offlineProblem, Problem } from '@/shared/api/problem';
import type { ImageJob, ImageRequest } from './types';
import { isOpen, isSame, unanswered } from './unanswered';

beforeEach(() => {
  const held = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => held.set(key, value),
    removeItem: (key: string) => held.delete(key),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const draft = 'u1.images';
const fox: ImageRequest = { model: 'm', prompt: 'A fox', size: '1024x1024' };
const job = (createdAt: string, input: ImageRequest = fox) =>
  ({
    id: createdAt,
    created_at: createdAt,
    input: { ...input, count: input.count ?? 1, base_seed: 5 },
  }) as unknown as ImageJob;

it('the same request keeps its key until it is known what became of it', () => {
  const key = unanswered.begin(draft, fox, []);
  unanswered.leave(key);
  expect(unanswered.begin(draft, { ...fox }, [])).toBe(key);
  unanswered.leave(key);
  const other = unanswered.begin(draft, { ...fox, prompt: 'A hare' }, []);
  expect(other).not.toBe(key);
  unanswered.settle(draft, other);
  unanswered.settle(draft, key);
  expect(unanswered.begin(draft, fox, [])).not.toBe(key);
});

it('the same asked for beside one that is under way is another one', () => {
  const key = unanswered.begin(draft, fox, []);
  expect(unanswered.begin(draft, fox, [])).not.toBe(key);
});

it('after an hour the same is another one', () => {
  vi.useFakeTimers();
  const key = unanswered.begin(draft, fox, []);
  unanswered.leave(key);
  vi.advanceTimersByTime(61 * 60_000);
  expect(unanswered.begin(draft, fox, [])).not.toBe(key);
});

it('a job that began since, and asks for the same, is the one', () => {
  const old = job('2026-11-25T10:00:00Z');
  const key = unanswered.begin(draft, fox, [old]);
  const mine = job('2026-11-25T10:00:00.5Z');
  expect(unanswered.found(draft, [mine])).toEqual([]); // its answer may still come
  unanswered.leave(key);
  expect(unanswered.found(draft, [old])).toEqual([]);
  expect(unanswered.found(draft, [job('2026-11-25T10:00:01Z', { ...fox, prompt: 'A hare' }), old])).toEqual([]);
  expect(unanswered.found(draft, [mine, old]).map((each) => each.key)).toEqual([key]);
  unanswered.settle(draft, key);
  expect(unanswered.found(draft, [mine, old])).toEqual([]);
});

it('the first job of all is found, and none where nobody has looked before', () => {
  const first = job('2026-11-25T10:00:00Z');
  unanswered.leave(unanswered.begin(draft, fox, []));
  expect(unanswered.found(draft, [first])).toHaveLength(1);
  unanswered.leave(unanswered.begin('u2.images', fox, undefined));
  expect(unanswered.found('u2.images', [first])).toEqual([]);
});

it('one picture is what is asked for where no number is', () => {
  expect(isSame(fox, { ...fox, count: 1 })).toBe(true);
  expect(isSame(fox, { ...fox, count: 2 })).toBe(false);
  expect(isSame(fox, { ...fox, seed: 3 })).toBe(false);
});

it('only a refusal in so many words says that nothing began', () => {
  const refused = (status: number) => new Problem({ type: '', title: '', status, detail: '', request_id: '' });
  expect([offlineProblem(undefined), refused(502), new Error('broken')].map(isOpen)).toEqual([true, true, true]);
  expect([refused(402), refused(422), refused(429)].map(isOpen)).toEqual([false, false, false]);
});
