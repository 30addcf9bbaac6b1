import { useSyncExternalStore } from 'react';
import { offlineProblem, problemOf } from '@/shared/api/problem';

/** As long as the toast with its Undo is shown, and a little longer. */
const delay = 6500;

/** What can be deleted so, as the API's paths name it. */
export type Deletable = 'conversations' | 'files' | 'jobs';

/** What is about to be deleted, by its id, with what does it. */
const waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; run: () => void }>();
const listeners = new Set<() => void>();
let hidden: ReadonlySet<string> = new Set();
/** Those that are not sent yet, the newest last. */
let held: readonly Deletion[] = [];

/** Something that is about to be deleted. */
export interface Deletion {
  kind: Deletable;
  id: string;
}

function changed(): void {
  hidden = new Set(waiting.keys());
  for (const listener of listeners) {
    listener();
  }
}

/** Takes something off the screen now and deletes it soon. */
export function deleteLater(kind: Deletable, id: string, onDone: (error?: unknown) => void): void {
  const run = () => {
    release(id);
    // keepalive: the request outlives the page.
    fetch(`/api/v1/${kind}/${encodeURIComponent(id)}`, { method: 'DELETE', keepalive: true })
      .then(async (response) => {
        const gone = response.ok || response.status === 404;
        onDone(gone ? undefined : await problemOf(response));
      })
      .catch((error: unknown) => onDone(offlineProblem(error)))
      .finally(() => {
        waiting.delete(id);
        changed();
      });
  };
  waiting.set(id, { run, timer: setTimeout(run, delay) });
  held = [...held, { kind, id }];
  changed();
}

/** It cannot be taken back any more, or was. */
function release(id: string): void {
  held = held.filter((each) => each.id !== id);
  changed();
}

/** Takes a deletion back that has not been sent yet. */
export function undoDelete(id: string): void {
  clearTimeout(waiting.get(id)?.timer);
  waiting.delete(id);
  release(id);
}

/** The newest deletion that can be taken back. */
export function lastDeletion(): Deletion | undefined {
  return held.at(-1);
}

export function useLastDeletion(): Deletion | undefined {
  return useSyncExternalStore(subscribe, lastDeletion);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The ids of what is about to be deleted. */
export function useDeleted(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => hidden);
}

// Whoever closes the page has decided; nobody is left to undo it.
globalThis.addEventListener?.('pagehide', () => {
  for (const { timer, run } of waiting.values()) {
    clearTimeout(timer);
    run();
  }
});
