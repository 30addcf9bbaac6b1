import { connection, onConnection } from '@/shared/lib/connection';

/** Bounds of the wait between two attempts, in milliseconds. */
const first = 300;
const longest = 10_000;

/**
 * How long to wait before the given attempt (1 is the first retry). Doubles,
 * and spreads by half, so that a restarted server is not met by everybody at
 * once.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(longest, first * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * random();
}

/** Waits, but no longer than until the server answers somebody else, or the person looks again. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const settle = () => {
      clearTimeout(timer);
      leave();
      listening.abort();
      if (signal.aborted) {
        reject(signal.reason);
      } else {
        resolve();
      }
    };
    const timer = setTimeout(settle, milliseconds);
    const leave = onConnection(() => {
      if (connection() === 'online') {
        settle();
      }
    });
    signal.addEventListener('abort', settle, { signal: listening.signal });
    globalThis.document?.addEventListener(
      'visibilitychange',
      () => {
        if (!document.hidden) {
          settle();
        }
      },
      { signal: listening.signal },
    );
    if (signal.aborted) {
      settle();
    }
  });
}
