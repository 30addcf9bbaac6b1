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
    forgetOwn(key);
    put(() => localStorage, key, JSON.stringify(value));
  },
  remove(key: string): void {
    forgetOwn(key);
    try {
      localStorage.removeItem(prefix + key);
    } catch {
      // As below.
    }
  },
  /** Removes all whose key begins so: for a person who is gone, their id and a dot. */
  removeAll(beginning: string): void {
    try {
      const keys = [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
      for (const key of keys.filter((each) => each.startsWith(prefix + beginning))) {
        drafts.remove(key.slice(prefix.length));
      }
    } catch {
      // As below.
    }
  },
};

/** What this tab has stored last, as it is stored: nothing else in local storage is its own to remove. */
const mine = new Map<string, string>();

/**
 * A draft that is written in several tabs at once: each keeps its own over a
 * reload, in session storage, and takes out of local storage nothing that
 * another has put there. A new tab begins with what was written last anywhere.
 */
export const ownDrafts = {
  read<T>(key: string): T | undefined {
    const text = get(() => sessionStorage, key) ?? get(() => localStorage, key);
    if (text === undefined) {
      return undefined;
    }
    mine.set(key, text); // it goes on here
    try {
      return JSON.parse(text) as T;
    } catch {
      return undefined; // another version wrote it
    }
  },
  write(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    mine.set(key, text);
    put(() => sessionStorage, key, text);
    put(() => localStorage, key, text);
  },
  remove(key: string): void {
    const isMine = get(() => localStorage, key) === mine.get(key);
    forgetOwn(key);
    if (isMine) {
      drafts.remove(key);
    }
  },
  /** Another tab may have put its own in the place of this one, and have removed it since. */
  keep(key: string, value: unknown): void {
    if (get(() => localStorage, key) === undefined) {
      ownDrafts.write(key, value);
    }
  },
};

function get(storage: () => Storage, key: string): string | undefined {
  try {
    return storage().getItem(prefix + key) ?? undefined;
  } catch {
    return undefined;
  }
}

function put(storage: () => Storage, key: string, text: string): void {
  try {
    storage().setItem(prefix + key, text);
  } catch {
    // Storage is full or switched off. The text is still on the screen.
  }
}

function forgetOwn(key: string): void {
  mine.delete(key);
  try {
    sessionStorage.removeItem(prefix + key);
  } catch {
    // As above.
  }
}

/**
 * State that keeps itself as a draft of this tab. Setting the initial value
 * again removes the draft.
 */
export function useDraft(key: string, initial = ''): [string, (value: string) => void] {
  const [state, setState] = useState(() => ({ key, value: ownDrafts.read<string>(key) ?? initial }));
  const current = state.key === key ? state : { key, value: ownDrafts.read<string>(key) ?? initial };
  useEffect(() => {
    if (current.value === initial) {
      ownDrafts.remove(current.key);
      return;
    }
    ownDrafts.write(current.key, current.value);
    const onHidden = () => {
      if (document.hidden) {
        ownDrafts.keep(current.key, current.value);
      }
    };
    document.addEventListener('visibilitychange', onHidden);
    return () => document.removeEventListener('visibilitychange', onHidden);
  }, [current.key, current.value, initial]);
  return [current.value, (value) => setState({ key, value })];
}
