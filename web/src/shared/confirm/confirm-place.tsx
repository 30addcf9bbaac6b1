import { useEffect, useId, useState, useSyncExternalStore } from 'react';
import { later, useLater } from '@/shared/lib/later';
import { currentlyAsked, onAsked } from './confirm';

const dialog = later(() => import('./confirm-dialog'));

/** The places on the page, the innermost last. */
let places: string[] = [];
const listeners = new Set<() => void>();

function change(next: string[]): void {
  places = next;
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Where the person is asked to confirm. A page that makes `confirmed` calls has
 * one, and so has each dialog that makes some, as the last of its children: a
 * dialog over a dialog must stand inside it, or the one below takes every click
 * for one beside itself.
 */
export function ConfirmPlace() {
  const id = useId();
  useEffect(() => {
    change([...places, id]);
    return () => {
      change(places.filter((place) => place !== id));
      if (places.length === 0) {
        currentlyAsked()?.settle(false); // the person has gone elsewhere
      }
    };
  }, [id]);
  const mine = useSyncExternalStore(subscribe, () => places.at(-1) === id);
  const asked = useSyncExternalStore(onAsked, currentlyAsked);
  const [last, setLast] = useState(asked); // shown while the dialog fades
  if (mine && asked !== undefined && asked !== last) {
    setLast(asked);
  }
  const parts = useLater(dialog, last !== undefined);
  if (parts === undefined || last === undefined) {
    return null;
  }
  return <parts.ConfirmDialog asked={last} open={mine && asked !== undefined} />;
}
