import { useSyncExternalStore } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'pulse.theme'; // public/theme.js reads it before the first paint
const listeners = new Set<() => void>();
const systemIsDark = () => matchMedia('(prefers-color-scheme: dark)').matches;

function read(): Theme {
  const chosen = localStorage.getItem(key);
  return themes.find((theme) => theme === chosen) ?? 'system';
}

function apply(): void {
  const theme = read();
  const root = document.documentElement;
  // Colours change at once: half-way through a transition, text cannot be read.
  root.classList.add('switching');
  root.classList.toggle('dark', theme === 'dark' || (theme === 'system' && systemIsDark()));
  root.getBoundingClientRect(); // takes the new style in while it is switching
  root.classList.remove('switching');
  for (const listener of listeners) {
    listener();
  }
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(key, theme);
  apply();
}

/** Follows the system, and the person's other tabs. */
export function watchTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
  addEventListener('storage', (event) => event.key === key && apply());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, read);
}
