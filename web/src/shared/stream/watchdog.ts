/** The server says something at least every 15 s; after this long a silent line is a lost one. */
export const silence = 25_000;
/** When the browser itself says that it is offline, it is given less time to prove itself wrong. */
const silenceOffline = 4000;

export interface Watchdog {
  /** The line lives. */
  fed: () => void;
  stop: () => void;
}

/** Calls onSilence once when nothing feeds it for too long. */
export function watch(onSilence: () => void): Watchdog {
  const listening = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  const wait = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stop();
      onSilence();
    }, milliseconds);
  };
  const stop = () => {
    clearTimeout(timer);
    listening.abort();
  };
  wait(silence);
  // A server on the same machine answers without any network, so this is a
  // suspicion and not yet a lost line.
  globalThis.addEventListener?.('offline', () => wait(silenceOffline), { signal: listening.signal });
  return { fed: () => wait(silence), stop };
}
