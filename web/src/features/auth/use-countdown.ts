import { useEffect, useReducer } from 'react';

const second = 1000;

/** Whole seconds until a moment, in the clock of performance.now; 0 when it has come. */
export function useCountdown(until: number): number {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  const left = Math.max(0, Math.ceil((until - performance.now()) / second));
  const over = left === 0;
  useEffect(() => {
    if (over) {
      return;
    }
    const timer = setInterval(tick, second);
    return () => clearInterval(timer);
  }, [over]);
  return left;
}

/** The moment that is so many seconds away. */
export function secondsFromNow(seconds: number): number {
  return performance.now() + seconds * second;
}

const minute = 60;

/** 42 → 42 sec; from two minutes on in minutes */
export function formatWait(seconds: number): string {
  const [unit, value] = seconds < 2 * minute ? ['second', seconds] : ['minute', Math.ceil(seconds / minute)];
  return new Intl.NumberFormat(undefined, { style: 'unit', unit: String(unit), unitDisplay: 'short' }).format(
    Number(value),
  );
}
