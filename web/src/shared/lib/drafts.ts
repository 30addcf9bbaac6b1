import { useEffect, useState } from 'react';

const prefix = 'pulse.draft.';

/**
 * What was typed and not sent yet. It lies in local storage, so it outlives a
 * reload, a sign-out and a crash of the tab. A key names what is drafted, and
 * for a signed-in person begins with the user's id: two people may share a
 * browser. Passwords never go here.
 */
export const drafts = {
  read<T>(key: string): T | undefined {
    try {
      const text = localStorage.getItem(prefix + key);
      return text === null ? undefined : (JSON.parse(text) as T);
    } catch {
      return undefined; // storage is switched off, or another version wrote it: there is no draft
    }
  },
  write(key: string, value: unknown): void {
    try {
      localStorage.setItem(prefix + key, JSON.stringify(value));
    } catch {
      // Storage is full or switched off. The text is still on the screen.
    }
  },
  remove(key: string): void {
    try {
      localStorage.removeItem(prefix + key);
    } catch {
      // As above.
    }
  },
  /** Removes all whose key begins so: for a person who is gone, their id and a dot. */
  removeAll(beginning: string): void {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix + beginning));
      for (const key of keys) {
        localStorage.removeItem(key);
      }
    } catch {
      // As above.
    }
  },
};

/**
 * State that keeps itself as a draft. Setting the initial value again removes
 * the draft.
 */
export function useDraft(key: string, initial = ''): [string, (value: string) => void] {
  const [state, setState] = useState(() => ({ key, value: drafts.read<string>(key) ?? initial }));
  const current = state.key === key ? state : { key, value: drafts.read<string>(key) ?? initial };
  useEffect(() => {
    if (current.value === initial) {
      drafts.remove(current.key);
    } else {
      drafts.write(current.key, current.value);
    }
  }, [current.key, current.value, initial]);
  return [current.value, (value) => setState({ key, value })];
}
