import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { type Hearer, hearChanges } from './changes';

/** A document, of which only its visibility counts here. */
class Visibility extends EventTarget {
  hidden = false;
  set(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** One answer of the server: a feed that stays open, or a refusal. */
class Feed {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly signal: AbortSignal;
  readonly response: Response;

  constructor(signal: AbortSignal, answer: number) {
    this.signal = signal;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
    });
    this.response = new Response(body, { status: answer });
  }

  say(...ids: string[]): void {
    const events = ids.map((id) => `event: change\ndata: {"kind":"conversation","id":"${id}"}\n\n`);
    this.#controller?.enqueue(new TextEncoder().encode(events.join('')));
  }

  end(): void {
    this.#controller?.close();
  }
}

let page: Visibility;
let feeds: Feed[];
let status: number;
let gone: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  page = new Visibility();
  feeds = [];
  status = 200;
  gone = new AbortController();
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', {}); // no locks, as over plain http
  vi.stubGlobal('fetch', (_path: string, { signal }: { signal: AbortSignal }) => {
    const feed = new Feed(signal, status);
    feeds.push(feed);
    return Promise.resolve(feed.response);
  });
});
afterEach(() => {
  gone.abort();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function hear(signedIn = true) {
  const hearer = {
    onChanges: vi.fn<Hearer['onChanges']>(),
    onBegin: vi.fn<Hearer['onBegin']>(),
    signedIn: vi.fn(() => Promise.resolve(signedIn)),
  };
  hearChanges(hearer, gone.signal);
  return hearer;
}

it('puts hints that come together into one, each once', async () => {
  const hearer = hear();
  await vi.advanceTimersByTimeAsync(200);
  expect(hearer.onBegin).toHaveBeenCalledTimes(1);
  feeds[0]?.say('a', 'b');
  await vi.advanceTimersByTimeAsync(10);
  feeds[0]?.say('a');
  await vi.advanceTimersByTimeAsync(200);
  expect(hearer.onChanges.mock.calls).toEqual([
    [
      [
        { kind: 'conversation', id: 'a' },
        { kind: 'conversation', id: 'b' },
      ],
    ],
  ]);
});

it('connects again when the feed ends, and then anything may have changed', async () => {
  const hearer = hear();
  await vi.advanceTimersByTimeAsync(200);
  feeds[0]?.end();
  await vi.advanceTimersByTimeAsync(1000);
  expect(feeds).toHaveLength(2);
  expect(hearer.onBegin).toHaveBeenCalledTimes(2);
});

it('ends where nobody is signed in any more', async () => {
  const hearer = hear(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(feeds).toHaveLength(0);
  expect(hearer.onBegin).not.toHaveBeenCalled();
});

it('ends at a refusal', async () => {
  status = 401;
  const hearer = hear();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(feeds).toHaveLength(1);
  expect(hearer.signedIn).toHaveBeenCalledTimes(2);
});

it('without locks reads only while somebody looks', async () => {
  const hearer = hear();
  await vi.advanceTimersByTimeAsync(200);
  page.set(true);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(feeds).toHaveLength(1);
  expect(feeds[0]?.signal.aborted).toBe(true);
  page.set(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(feeds).toHaveLength(2);
  expect(hearer.onBegin).toHaveBeenCalledTimes(2);
});

it('says nothing more once it is told to go', async () => {
  const hearer = hear();
  await vi.advanceTimersByTimeAsync(200);
  feeds[0]?.say('a');
  gone.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hearer.onChanges).not.toHaveBeenCalled();
  expect(feeds).toHaveLength(1);
});

it('begins once where this tab reads the feed, however long the line takes to come', async () => {
  let arrive: () => void = () => undefined;
  vi.stubGlobal('navigator', {
    locks: { request: (_name: string, _options: object, turn: (lock: object) => unknown) => turn({}) },
  });
  vi.stubGlobal('fetch', (_path: string, { signal }: { signal: AbortSignal }) => {
    const feed = new Feed(signal, status);
    return new Promise((resolve) => {
      arrive = () => resolve(feed.response);
    });
  });
  const hearer = hear();
  await vi.advanceTimersByTimeAsync(5000);
  expect(hearer.onBegin).not.toHaveBeenCalled();
  arrive();
  await vi.advanceTimersByTimeAsync(1000);
  expect(hearer.onBegin).toHaveBeenCalledOnce();
});

it('begins at once where another tab reads the feed', async () => {
  vi.stubGlobal('navigator', {
    locks: {
      request: (_name: string, options: { ifAvailable?: boolean }, turn: (lock: object | null) => unknown) =>
        options.ifAvailable ? turn(null) : new Promise(() => undefined),
    },
  });
  const hearer = hear();
  await vi.advanceTimersByTimeAsync(1000);
  expect(hearer.onBegin).toHaveBeenCalledOnce();
  expect(feeds).toHaveLength(0);
});
