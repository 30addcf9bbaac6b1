import { useEffect, useRef, useSyncExternalStore } from 'react';

/** Something that can be done from anywhere: by its keys, and by its name in the command palette. */
export interface Command {
  id: string;
  label: string;
  /** The heading under which the palette and the help list it. */
  group: string;
  /**
   * Keys joined by `+`, e.g. `mod+shift+o`, `/`, `escape`. `mod` is ⌘ on a Mac and
   * Ctrl elsewhere. Without keys the command is in the palette only.
   */
  keys?: string;
  run: () => void;
  /** Known to the keyboard and the help, but not offered in the palette. */
  hidden?: boolean;
  /** Its keys belong to the part that has the focus, which listens to them itself. */
  local?: boolean;
}

export const isMac = typeof navigator !== 'undefined' && /mac|iphone|ipad/iu.test(navigator.userAgent);

const names: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl',
  shift: isMac ? '⇧' : 'Shift',
  alt: isMac ? '⌥' : 'Alt',
  enter: isMac ? '↩' : 'Enter',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
};

/** `mod+shift+o` → [Ctrl, Shift, O] */
export function keyNames(keys: string): string[] {
  return keys.split('+').map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

const letterDigitOrName = /^[a-z0-9]$|^.{2,}$/u;

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Whether a key press is the combination. */
export function matches(keys: string, press: KeyPress, mac: boolean = isMac): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  // A sign such as ? may need Shift on one keyboard and not on another.
  const shiftMatters = parts.includes('shift') || key === undefined || letterDigitOrName.test(key);
  return (
    press.key.toLowerCase() === key &&
    mod === parts.includes('mod') &&
    !other &&
    press.altKey === parts.includes('alt') &&
    (!shiftMatters || press.shiftKey === parts.includes('shift'))
  );
}

/** Keys that a text field needs for itself: all without `mod` but Escape. */
function isTyping(keys: string, target: EventTarget | null): boolean {
  return (
    !keys.includes('mod') &&
    keys !== 'escape' &&
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  );
}

let commands: readonly Command[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Command[]): void {
  commands = next;
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** All commands of what is on the screen. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, () => commands);
}

/** Registers commands while the component is shown. The newest of two with the same keys wins. */
export function useCommands(own: readonly Command[]): void {
  const latest = useRef(own);
  useEffect(() => {
    latest.current = own;
  });
  // Only what is shown of a command registers it anew; `run` is looked up when it is called.
  const shown = JSON.stringify(own);
  useEffect(() => {
    const registered = (JSON.parse(shown) as Omit<Command, 'run'>[]).map((command) => ({
      ...command,
      run: () => latest.current.find((candidate) => candidate.id === command.id)?.run(),
    }));
    change([...registered, ...commands]);
    return () => change(commands.filter((command) => !registered.some((mine) => mine === command)));
  }, [shown]);
}

/** Listens to the keyboard. Mounted once, by the shell. */
export function useKeyboard(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) {
        return;
      }
      const command = commands.find(
        ({ keys, local = false }) =>
          keys !== undefined && !local && matches(keys, event) && !isTyping(keys, event.target),
      );
      if (command !== undefined) {
        event.preventDefault();
        command.run();
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
