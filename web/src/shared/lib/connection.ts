import { useSyncExternalStore } from 'react';

/** Whether the server answers. */
export type Connection = 'online' | 'offline';

let state: Connection = 'online';
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

const firstProbeMs = 1000;
const lastProbeMs = 8000;

function change(next: Connection): void {
  if (next !== state) {
    state = next;
    for (const listener of listeners) {
      listener();
    }
  }
}

async function probe(waitMs: number): Promise<void> {
  try {
    const response = await fetch('/api/v1/health', { cache: 'no-store' });
    if (response.ok) {
      timer = undefined;
      change('online');
      return;
    }
  } catch {
    // Still out of reach; the next probe comes.
  }
  timer = setTimeout(() => probe(Math.min(waitMs * 2, lastProbeMs)), waitMs);
}

/** Called by whoever got no answer. Asks for the server's health until it answers again. */
export function reportUnreachable(): void {
  change('offline');
  timer ??= setTimeout(() => probe(firstProbeMs), firstProbeMs);
}

/** Calls back when the server, or the network, comes or goes. Returns the way out. */
export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The browser's own word is heard too: at once when the network goes, and to ask again when it is back. */
export function watchNetwork(): void {
  addEventListener('offline', reportUnreachable);
  addEventListener('online', () => {
    if (state === 'offline') {
      clearTimeout(timer);
      timer = setTimeout(() => probe(firstProbeMs), 0);
    }
  });
}

export const connection = (): Connection => state;

export function useConnection(): Connection {
  return useSyncExternalStore(onConnection, connection);
}
