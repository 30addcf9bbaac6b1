import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { silence, watch } from './watchdog';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('barks once at silence, not while something comes', () => {
  const onSilence = vi.fn();
  const dog = watch(onSilence);
  for (let i = 0; i < 10; i += 1) {
    vi.advanceTimersByTime(silence - 1);
    dog.fed();
  }
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(silence * 3);
  expect(onSilence).toHaveBeenCalledOnce();
});

it('is patient enough for a heartbeat that is late, and barks within two of them', () => {
  const heartbeat = 15_000;
  expect(silence).toBeGreaterThan(heartbeat + 5000);
  expect(silence).toBeLessThan(2 * heartbeat);
});

it('is still once it was stopped', () => {
  const onSilence = vi.fn();
  watch(onSilence).stop();
  vi.advanceTimersByTime(silence * 2);
  expect(onSilence).not.toHaveBeenCalled();
});

it('suspects a line sooner when the browser says that it is offline, and forgives when bytes come', () => {
  const network = new EventTarget();
  vi.stubGlobal('addEventListener', network.addEventListener.bind(network));
  const onSilence = vi.fn();
  const dog = watch(onSilence);
  network.dispatchEvent(new Event('offline'));
  vi.advanceTimersByTime(3000);
  dog.fed(); // a server on the same machine
  vi.advanceTimersByTime(10_000);
  expect(onSilence).not.toHaveBeenCalled();
  network.dispatchEvent(new Event('offline'));
  vi.advanceTimersByTime(5000);
  expect(onSilence).toHaveBeenCalledOnce();
});
