import { useEffect, useSyncExternalStore } from 'react';

/** A part of the page that is not needed for its first view. */
export interface Later<T> {
  /** The part, once it is here. */
  current: T | undefined;
  readonly fetch: () => Promise<void>;
  readonly subscribe: (listener: () => void) => () => void;
}

const unmoved = new Set<() => void>();
const moves = ['pointermove', 'pointerdown', 'keydown'];

/** The person is there and may want anything next. */
function moved(): void {
  for (const move of moves) {
    removeEventListener(move, moved);
  }
  for (const fetch of unmoved) {
    fetch();
  }
  unmoved.clear();
}

for (const move of moves) {
  globalThis.addEventListener?.(move, moved, { passive: true });
}

/**
 * A part that comes at the person's first move: what opens over the page costs
 * the first view nothing, and is there by the time it is asked for.
 */
export function later<T>(load: () => Promise<T>): Later<T> {
  const listeners = new Set<() => void>();
  const part: Later<T> = {
    current: undefined,
    fetch: async () => {
      try {
        part.current ??= await load();
      } catch {
        return; // no network: it is asked for again when it is needed
      }
      for (const listener of listeners) {
        listener();
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  unmoved.add(() => void part.fetch());
  return part;
}

/** The part where it is wanted; undefined while it is on its way. */
export function useLater<T>(part: Later<T>, wanted: boolean): T | undefined {
  useEffect(() => {
    if (wanted && part.current === undefined) {
      void part.fetch();
    }
  }, [part, wanted]);
  return useSyncExternalStore(part.subscribe, () => (wanted ? part.current : undefined));
}
