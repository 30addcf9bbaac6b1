import { useEffect, useState } from 'react';
import { reportUnreachable } from '@/shared/lib/connection';
import { backoff, pause } from '@/shared/stream/backoff';

/** How often it is asked for by itself, before only a line that comes back or the person makes it ask. */
const patience = 8;
/** As long as a page is looked at. */
const longRest = 3_600_000;
/** It came so often and could not be read. */
const mostShown = 3;

/** What there is to know of a picture that did not come: it is here now, it was deleted, or it never can be shown. */
export type Fate = 'here' | 'gone' | 'broken';

/** Asks for a picture that did not come, ever more slowly, until its fate is known. Rejects when the signal aborts. */
export async function fateOf(
  address: string,
  signal: AbortSignal,
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void> = pause,
): Promise<Fate> {
  let least = 0;
  // biome-ignore-start lint/performance/noAwaitInLoops: one request after the other
  for (let attempt = 1; ; attempt += 1) {
    await wait(attempt > patience ? longRest : Math.max(least, backoff(attempt)), signal);
    least = 0;
    try {
      const response = await fetch(address, { signal });
      await response.arrayBuffer(); // the browser keeps it, and shows it from there
      if (response.ok) {
        return 'here';
      }
      if (isForGood(response.status)) {
        return response.status === notFound ? 'gone' : 'broken';
      }
      least = Number(response.headers.get('Retry-After')) * 1000 || 0;
    } catch {
      signal.throwIfAborted();
      reportUnreachable();
    }
  }
  // biome-ignore-end lint/performance/noAwaitInLoops: one request after the other
}

const notFound = 404;
const passing = [401, 408, 425, 429];

function isForGood(status: number): boolean {
  return status >= 400 && status < 500 && !passing.includes(status);
}

interface StoredPicture {
  /** `away`: not now; it is asked for again. */
  state: 'loading' | 'there' | 'away' | Exclude<Fate, 'here'>;
  /** For the element that shows it, which begins anew with each. */
  key: number;
  onLoad: () => void;
  onError: () => void;
  /** Asks for it now. */
  again: () => void;
}

/** A picture of the server on its way to the screen. What does not come at once comes later. */
export function useStoredPicture(address: string): StoredPicture {
  const [{ state, shown, asked }, set] = useState({ state: 'loading' as StoredPicture['state'], shown: 1, asked: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` changes when the person asks for it now
  useEffect(() => {
    if (state !== 'away') {
      return;
    }
    const leaving = new AbortController();
    fateOf(address, leaving.signal)
      .then((fate) =>
        set((old) => (fate === 'here' ? { ...old, state: 'loading', shown: old.shown + 1 } : { ...old, state: fate })),
      )
      .catch(() => undefined); // it is not shown any more
    return () => leaving.abort();
  }, [address, state, asked]);
  return {
    state,
    key: shown,
    onLoad: () => set((old) => ({ ...old, state: 'there' })),
    onError: () => set((old) => ({ ...old, state: old.shown < mostShown ? 'away' : 'broken' })),
    again: () => set((old) => ({ state: 'away', shown: 0, asked: old.asked + 1 })),
  };
}
