import { startTransition, useEffect, useState } from 'react';

/** Messages that are there at once: more than a screen holds. */
export const atOnce = 12;
/** Messages that come with each slice after that. */
export const more = 8;

/** The first message to show next, of those before the ones that are shown. */
export function grown(first: number): number {
  return Math.max(0, first - more);
}

/**
 * The first message to show: a screenful from the end at once, and those before
 * it while nothing else is to do. So a long conversation opens as fast as a
 * short one, and is soon whole, for the browser's search and screen readers.
 * One that is wanted, by its place, is there at once; -1 for none.
 */
export function useGrowing(total: number, wanted = -1): number {
  const [from, setFrom] = useState(Math.max(0, total - atOnce));
  // Another branch may be shorter.
  const first = Math.min(from, Math.max(0, total - atOnce), wanted < 0 ? total : wanted);
  useEffect(() => {
    if (first === 0) {
      return;
    }
    return whenIdle(() => startTransition(() => setFrom(grown(first))));
  }, [first]);
  return first;
}

function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(run, 50); // Safari
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(run, { timeout: 500 });
  return () => cancelIdleCallback(idle);
}
