/** How often text is shown while it streams, in milliseconds. */
export const fastest = 60;
/** How seldom it may be where rendering is slow. */
export const slowest = 250;
/** Of the time between two flushes, rendering may take a third. */
const share = 3;

export interface Flusher {
  /** Something is new; it is shown soon. */
  ask: () => void;
  /** Shows now what is waiting. */
  now: () => void;
  stop: () => void;
}

/** What the flusher needs of the world; tests give their own. */
export interface Clock {
  now: () => number;
  /** Calls back when the browser has painted what was just changed. */
  afterPaint: (callback: () => void) => void;
}

const browser: Clock = {
  now: () => performance.now(),
  afterPaint: (callback) => {
    if (document.hidden) {
      setTimeout(callback); // no frames, nothing to measure
    } else {
      requestAnimationFrame(() => setTimeout(callback));
    }
  },
};

/**
 * Batches changes so that the page stays smooth: the first is shown at once,
 * the next after 60 ms, and where a render takes long, later, up to 250 ms.
 */
export function createFlusher(flush: () => void, clock: Clock = browser): Flusher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = false;
  let interval = fastest;
  let last = Number.NEGATIVE_INFINITY;

  const run = () => {
    clearTimeout(timer);
    timer = undefined;
    waiting = false;
    const begun = clock.now();
    last = begun;
    flush();
    clock.afterPaint(() => {
      const cost = clock.now() - begun;
      interval = Math.min(slowest, Math.max(fastest, cost * share));
    });
  };

  return {
    ask: () => {
      if (waiting) {
        return;
      }
      waiting = true;
      const due = last + interval - clock.now();
      if (due <= 0) {
        run();
      } else {
        timer = setTimeout(run, due);
      }
    },
    now: () => {
      if (waiting) {
        run();
      }
    },
    stop: () => {
      clearTimeout(timer);
      waiting = false;
    },
  };
}
