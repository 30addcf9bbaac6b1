import { useSyncExternalStore } from 'react';

/** One of a few ways that the page can behave, as the person chose it in this browser. */
export interface Choice<T extends string> {
  read: () => T;
  choose: (value: T) => void;
  subscribe: (listener: () => void) => () => void;
}

/** A choice that is remembered; the first value holds until another is chosen. All tabs follow. */
export function remembered<const T extends string>(name: string, values: readonly [T, ...T[]]): Choice<T> {
  const key = `pulse.${name}`;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) {
      listener();
    }
  };
  let chosen: string | null | undefined;
  globalThis.addEventListener?.('storage', (event) => {
    if (event.key === key || event.key === null) {
      chosen = undefined;
      tell();
    }
  });
  return {
    read: () => {
      if (chosen === undefined) {
        try {
          chosen = localStorage.getItem(key);
        } catch {
          chosen = null; // storage is switched off
        }
      }
      return values.find((value) => value === chosen) ?? values[0];
    },
    choose: (value) => {
      chosen = value;
      try {
        localStorage.setItem(key, value);
      } catch {
        // It holds until the tab is closed.
      }
      tell();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useChoice<T extends string>(choice: Choice<T>): T {
  return useSyncExternalStore(choice.subscribe, choice.read);
}
