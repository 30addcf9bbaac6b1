import { useEffect, useReducer } from 'react';

export const secondMs = 1000;

/** Renders again every second, for what counts seconds. */
export function useTicking(ticking: boolean): void {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    if (!ticking) {
      return;
    }
    const timer = setInterval(tick, secondMs);
    return () => clearInterval(timer);
  }, [ticking]);
}

/** Whole seconds from one moment to another; none where the clocks disagree. */
export const secondsBetween = (from: number, to: number): number => Math.max(0, Math.floor((to - from) / secondMs));
