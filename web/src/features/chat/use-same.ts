import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Turn } from './tree';

/** A handler that stays the same function while what it does changes, so that messages are not rendered again for it. */
export function useSame<Args extends unknown[]>(handler: (...args: Args) => void): (...args: Args) => void {
  const latest = useRef(handler);
  useLayoutEffect(() => {
    latest.current = handler;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}

/** The turns, each the same object as before where nothing of it has changed. */
export function useSameTurns(turns: Turn[]): Turn[] {
  const [state, setState] = useState({ given: turns, kept: turns });
  if (state.given === turns) {
    return state.kept;
  }
  const kept = sameTurns(state.kept, turns);
  setState({ given: turns, kept });
  return kept;
}

export function sameTurns(before: Turn[], now: Turn[]): Turn[] {
  const known = new Map(before.map((turn) => [turn.message.id, turn]));
  return now.map((turn) => {
    const old = known.get(turn.message.id);
    return old && old.message === turn.message && equal(old.siblings, turn.siblings) ? old : turn;
  });
}

function equal(some: string[], others: string[]): boolean {
  return some.length === others.length && some.every((id, index) => id === others[index]);
}
