import { type RefObject, useEffect, useRef } from 'react';

/** As long as a viewer fades or a menu closes, and a little longer: they give the focus back to where they were opened. */
export const focusAfter = 200;

/**
 * Shows what has just been begun: it stands at the top of the list, which may
 * be scrolled far down. The focus goes there too, so that the next key does not
 * lead back; but whoever types goes on typing.
 */
export function useReveal(list: RefObject<HTMLElement | null>, begun: readonly { id: string }[]): void {
  const seen = useRef<ReadonlySet<string>>(undefined);
  useEffect(() => {
    const before = seen.current;
    seen.current = new Set(begun.map(({ id }) => id));
    if (before !== undefined && begun.some(({ id }) => !before.has(id))) {
      // The timer outlives this effect: the server may take the job before it ends.
      setTimeout(() => reveal(list.current), isTyping() ? 0 : focusAfter);
    }
  }, [list, begun]);
}

const isTyping = (): boolean => document.activeElement?.matches('textarea, form *') ?? false;

function reveal(list: HTMLElement | null): void {
  if (!isTyping()) {
    list?.querySelector<HTMLElement>('article')?.focus({ preventScroll: true });
  }
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  list?.scrollTo({ top: 0, behavior: still ? 'auto' : 'smooth' });
}
