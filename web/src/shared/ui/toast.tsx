import { useSyncExternalStore } from 'react';
import { later, useLater } from '@/shared/lib/later';

export interface ToastOptions {
  title: string;
  description?: string;
  /** What can be done about it, e.g. undo. */
  action?: { label: string; run: () => void };
  /** An error stays until it is closed, and looks like one. */
  error?: boolean;
}

const toasts = later(() => import('./toasts'));

let waiting: ToastOptions[] = [];
let said = 0;
const listeners = new Set<() => void>();

/** Says something without taking the focus. */
export function toast(options: ToastOptions): void {
  waiting.push(options);
  said += 1;
  for (const listener of listeners) {
    listener();
  }
}

function take(): ToastOptions[] {
  const taken = waiting;
  waiting = [];
  return taken;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear. Mounted once. */
export function ToastPlace() {
  const count = useSyncExternalStore(subscribe, () => said);
  const parts = useLater(toasts, count > 0);
  return parts === undefined ? null : <parts.Toasts said={count} take={take} />;
}
