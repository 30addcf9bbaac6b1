import { afterEach, beforeEach, describe, expect, test as it, vi } from 'vitest';
import { createFlusher, fastest, slowest } from './flusher';

describe('createFlusher', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A page on which a render takes so long, in milliseconds. */
  function page(cost: number) {
    const flushes: number[] = [];
    let painted = 0;
    const clock = {
      now: () => performance.now() + painted,
      afterPaint: (callback: () => void) => {
        painted = cost;
        callback();
        painted = 0;
      },
    };
    const flusher = createFlusher(() => flushes.push(Math.round(performance.now() - begun)), clock);
    const begun = performance.now();
    return { flusher, flushes };
  }

  it.each([
    ['a fast page', 5, fastest],
    ['a page that takes a while', 50, 150],
    ['a slow page', 400, slowest],
  ])('%s', (_name, cost, interval) => {
    const { flusher, flushes } = page(cost);
    for (let at = 0; at < 1000; at += 1) {
      flusher.ask();
      vi.advanceTimersByTime(1);
    }
    expect(flushes[0]).toBe(0); // the first words at once
    const gaps = flushes.slice(1).map((at, index) => at - (flushes[index] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([interval]));
  });

  it('shows what waits when told to, and nothing when nothing waits', () => {
    const { flusher, flushes } = page(5);
    flusher.ask();
    flusher.ask();
    flusher.now();
    flusher.now();
    expect(flushes).toHaveLength(2);
  });

  it('shows nothing after it was stopped', () => {
    const { flusher, flushes } = page(5);
    flusher.ask();
    flusher.ask();
    flusher.stop();
    vi.advanceTimersByTime(1000);
    expect(flushes).toHaveLength(1);
  });
});
