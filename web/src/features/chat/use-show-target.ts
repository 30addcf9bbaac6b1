import { type RefObject, useEffect } from 'react';
import type { Target } from './target';

/** Text above the message may still grow while it is being drawn, so the message is kept in sight so long. */
const settling = 1500;
const shown = 1600;

interface Places {
  scroll: RefObject<HTMLElement | null>;
  content: RefObject<HTMLElement | null>;
  /** Ends following the end of the text. */
  stopFollowing: () => void;
}

/** Scrolls to the message that the address names, and marks it for a moment. */
export function useShowTarget({ id, visit }: Pick<Target, 'id' | 'visit'>, { scroll, content, stopFollowing }: Places) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each visit shows it again
  useEffect(() => {
    const [place, list] = [scroll.current, content.current];
    if (id === undefined || !(place && list)) {
      return;
    }
    const over = new AbortController();
    let marked = false;
    const show = () => {
      const message = list.querySelector<HTMLElement>(`[id="${CSS.escape(`m-${id}`)}"]`);
      if (!message || over.signal.aborted) {
        return;
      }
      stopFollowing();
      message.scrollIntoView({ block: message.clientHeight > place.clientHeight ? 'start' : 'center' });
      if (!marked) {
        marked = true;
        mark(message);
      }
    };
    const observer = new ResizeObserver(show);
    observer.observe(list);
    const end = () => {
      over.abort();
      observer.disconnect();
    };
    const timer = setTimeout(end, settling);
    for (const event of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
      addEventListener(event, end, { signal: over.signal, passive: true });
    }
    show();
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [id, visit, scroll, content]);
}

function mark(message: HTMLElement): void {
  message.animate(
    [
      { outline: '2px solid var(--color-primary)', outlineOffset: '6px', borderRadius: '8px', offset: 0 },
      { outline: '2px solid var(--color-primary)', outlineOffset: '6px', borderRadius: '8px', offset: 0.6 },
      { outline: '2px solid transparent', outlineOffset: '6px', borderRadius: '8px', offset: 1 },
    ],
    shown,
  );
}
