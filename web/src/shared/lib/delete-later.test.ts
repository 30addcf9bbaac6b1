import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { Problem } from '@/shared/api/problem';
import { deleteLater, lastDeletion, undoDelete } from './delete-later';

const requests: string[] = [];
let status = 204;

beforeEach(() => {
  vi.useFakeTimers();
  requests.length = 0;
  status = 204;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    requests.push(`${init.method} ${path}`);
    return Promise.resolve(new Response(status === 204 ? null : '', { status }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('waits until nobody can undo it any more', async () => {
  const onDone = vi.fn();
  deleteLater('conversations', 'c/1', onDone);
  await vi.advanceTimersByTimeAsync(6000); // as long as the toast shows
  expect(requests).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(requests).toEqual(['DELETE /api/v1/conversations/c%2F1']);
  expect(onDone).toHaveBeenCalledExactlyOnceWith(undefined);
});

it('is never sent once it was undone', async () => {
  const onDone = vi.fn();
  deleteLater('conversations', 'c1', onDone);
  undoDelete('c1');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(requests).toEqual([]);
  expect(onDone).not.toHaveBeenCalled();
});

it.each<[number, unknown]>([
  [404, undefined], // gone is gone
  [500, expect.any(Problem)],
])('the server’s %i is told', async (answered, told) => {
  status = answered;
  const onDone = vi.fn();
  deleteLater('conversations', 'c1', onDone);
  await vi.advanceTimersByTimeAsync(7000);
  expect(onDone).toHaveBeenCalledExactlyOnceWith(told);
});

it('knows the last one that can be undone', async () => {
  expect(lastDeletion()).toBeUndefined();
  deleteLater('files', 'a', vi.fn());
  await vi.advanceTimersByTimeAsync(3000);
  deleteLater('jobs', 'b', vi.fn());
  expect(lastDeletion()).toEqual({ kind: 'jobs', id: 'b' });
  undoDelete('b');
  expect(lastDeletion()).toEqual({ kind: 'files', id: 'a' });
  await vi.advanceTimersByTimeAsync(4000);
  expect(lastDeletion()).toBeUndefined();
});
