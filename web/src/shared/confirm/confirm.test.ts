import { expect, test as it, vi } from 'vitest';
import { Problem } from '@/shared/api/problem';
import { confirmed, currentlyAsked, declined, onAsked } from './confirm';

const refusal = (type: string, methods?: string[]) =>
  new Problem({
    type: `urn:pulse:problem:${type}`,
    title: 'Forbidden',
    status: 403,
    detail: 'Please show once more that it is you.',
    request_id: 'r1',
    ...(methods && { methods }),
  });

/** A call that is refused until somebody has confirmed. */
const guarded = () => vi.fn<() => Promise<string>>().mockRejectedValueOnce(refusal('confirm_needed', ['password']));

it('a call that needs nothing asks nothing', async () => {
  await expect(confirmed('/settings', async () => 'done')).resolves.toBe('done');
  expect(currentlyAsked()).toBeUndefined();
});

it('asks, and repeats the call by itself', async () => {
  const call = guarded().mockResolvedValue('done');
  const result = confirmed('/settings/data', call);
  await vi.waitFor(() => expect(currentlyAsked()).toMatchObject({ methods: ['password'], returnTo: '/settings/data' }));
  currentlyAsked()?.settle(true);
  await expect(result).resolves.toBe('done');
  expect(call).toHaveBeenCalledTimes(2);
  expect(currentlyAsked()).toBeUndefined();
});

it('who would rather not is told apart from what went wrong', async () => {
  const call = guarded();
  const result = confirmed('/settings', call).catch((error: unknown) => error);
  await vi.waitFor(() => expect(currentlyAsked()).toBeDefined());
  currentlyAsked()?.settle(false);
  expect(declined(await result)).toBe(true);
  expect(call).toHaveBeenCalledTimes(1);
  expect(declined(refusal('forbidden'))).toBe(false);
  expect(declined(new Error('page'))).toBe(false);
});

it('what is refused for another reason, also after the answer, is the caller’s', async () => {
  await expect(confirmed('/settings', () => Promise.reject(refusal('last_admin')))).rejects.toMatchObject({
    kind: 'last_admin',
  });
  const result = confirmed('/settings', guarded().mockRejectedValue(refusal('last_admin'))).catch(
    (error: unknown) => error,
  );
  await vi.waitFor(() => expect(currentlyAsked()).toBeDefined());
  currentlyAsked()?.settle(true);
  expect(await result).toMatchObject({ kind: 'last_admin' });
});

it('two calls at the same moment ask once', async () => {
  const heard = vi.fn();
  const stop = onAsked(heard);
  const both = Promise.all([
    confirmed('/settings', guarded().mockResolvedValue('one')),
    confirmed('/settings', guarded().mockResolvedValue('two')),
  ]);
  await vi.waitFor(() => expect(currentlyAsked()).toBeDefined());
  await Promise.resolve();
  currentlyAsked()?.settle(true);
  await expect(both).resolves.toEqual(['one', 'two']);
  expect(heard).toHaveBeenCalledTimes(2);
  stop();
});

it('offers only ways that the page knows', async () => {
  const result = confirmed('/settings', () => Promise.reject(refusal('confirm_needed', ['passkey', 'oidc']))).catch(
    () => undefined,
  );
  await vi.waitFor(() => expect(currentlyAsked()?.methods).toEqual(['oidc']));
  currentlyAsked()?.settle(false);
  await result;
});
