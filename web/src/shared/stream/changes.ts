import { createParser } from 'eventsource-parser';
import { problemOf } from '@/shared/api/problem';
import { connection, onConnection, reportUnreachable } from '@/shared/lib/connection';
import { backoff, pause } from './backoff';
import { silence, watch } from './watchdog';

/** A hint that something of the person's has changed, here or elsewhere. */
export interface Change {
  kind: string;
  id: string;
}

export interface Hearer {
  /** Something has changed. */
  onChanges: (changes: Change[]) => void;
  /** The feed begins, or begins again: anything may have changed since one last looked. */
  onBegin: () => void;
  /** Whether anybody is signed in still; asked when the server ends the feed. */
  signedIn: () => Promise<boolean>;
}

/** What the tab that reads the feed tells the others. */
type Said = { changes: Change[] } | 'begin' | 'beat';

const name = 'pulse.changes';
/** How long hints are collected, in milliseconds; nobody looks at a tab that is hidden. */
const gather = 100;
const gatherHidden = 2000;

/**
 * Hears what changes, until the signal is aborted. One tab of a browser reads
 * the feed for all of them: over HTTP/1.1 a browser opens only six lines to a
 * server. Where tabs cannot agree on one, each reads while it is looked at.
 */
export function hearChanges(hearer: Hearer, signal: AbortSignal): void {
  const collected = collect(hearer);
  signal.addEventListener('abort', collected.stop);
  const take = (said: Said) => {
    if (signal.aborted) {
      return;
    }
    if (said === 'begin') {
      collected.begin();
    } else if (said !== 'beat') {
      collected.add(said.changes);
    }
  };
  const work = globalThis.navigator?.locks ? takeTurns : whileVisible;
  work(hearer, take, signal).catch(() => undefined); // it ends with the signal
}

/** Puts hints that come together into one. */
function collect({ onChanges, onBegin }: Hearer) {
  let waiting: Change[] = [];
  let anything = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const give = () => {
    clearTimeout(timer);
    timer = undefined;
    const changes = waiting;
    waiting = [];
    if (anything) {
      anything = false;
      onBegin(); // and so all that is waiting
    } else if (changes.length > 0) {
      onChanges(changes);
    }
  };
  const later = () => {
    timer ??= setTimeout(give, document.hidden ? gatherHidden : gather);
  };
  const onVisible = () => {
    if (!document.hidden) {
      give();
    }
  };
  document.addEventListener('visibilitychange', onVisible);
  return {
    add: (changes: Change[]) => {
      for (const change of changes) {
        if (!waiting.some(({ kind, id }) => kind === change.kind && id === change.id)) {
          waiting.push(change);
        }
      }
      later();
    },
    begin: () => {
      anything = true;
      later();
    },
    stop: () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    },
  };
}

type Take = (said: Said) => void;

/** Reads the feed when this tab's turn comes, and hears from the one whose turn it is until then. */
async function takeTurns(hearer: Hearer, take: Take, signal: AbortSignal): Promise<void> {
  const channel = new BroadcastChannel(name);
  let heard = Date.now();
  let reading = false;
  let patience = new AbortController(); // with the tab whose turn it is
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    heard = Date.now();
    take(data);
  };
  // A tab that the system has put to sleep keeps its turn; who is looked at takes it then.
  const check = () => {
    if (!(reading || document.hidden) && Date.now() - heard > 2 * silence) {
      patience.abort();
    }
  };
  const timer = setInterval(check, silence);
  document.addEventListener('visibilitychange', check);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', check);
    channel.close();
  });
  const share = (said: Said) => {
    channel.postMessage(said);
    take(said);
  };
  /** Reads the feed where the turn is given. False: another tab has it. */
  const turn = async (lock: Lock | null, given: AbortSignal, asked: boolean): Promise<boolean> => {
    if (!lock) {
      take('begin'); // what came before this tab could hear the one that has it
      return false;
    }
    reading = true;
    try {
      await readOn(hearer, share, given, asked);
      return true;
    } finally {
      reading = false;
      heard = Date.now();
    }
  };
  let options: LockOptions = { ifAvailable: true };
  // biome-ignore-start lint/performance/noAwaitInLoops: one turn after the other
  while (!signal.aborted) {
    const lost = new AbortController(); // this turn
    const given = AbortSignal.any([signal, lost.signal]);
    const asked = options.ifAvailable === true; // the page has just asked who is signed in
    try {
      if (await navigator.locks.request(name, options, (lock) => turn(lock, given, asked))) {
        return; // nobody is signed in
      }
    } catch {
      lost.abort(); // another tab took the turn, or this one's patience is at its end
    }
    if (patience.signal.aborted) {
      options = { steal: true };
      patience = new AbortController();
    } else {
      patience = new AbortController();
      options = { signal: AbortSignal.any([signal, patience.signal]) };
    }
  }
  // biome-ignore-end lint/performance/noAwaitInLoops: one turn after the other
}

/** Reads the feed while this tab is looked at. */
async function whileVisible(hearer: Hearer, take: Take, signal: AbortSignal): Promise<void> {
  let away = new AbortController();
  const look = async () => {
    away.abort();
    away = new AbortController();
    if (!document.hidden) {
      await readOn(hearer, take, AbortSignal.any([signal, away.signal])).catch(() => undefined);
    }
  };
  document.addEventListener('visibilitychange', look, { signal });
  await look();
}

/** Reads the feed over any number of connections. Resolves when nobody is signed in any more. */
async function readOn(hearer: Hearer, say: (said: Said) => void, signal: AbortSignal, asked = false): Promise<void> {
  let failures = 0;
  let sure = asked;
  // biome-ignore-start lint/performance/noAwaitInLoops: one connection after the other
  while (!signal.aborted) {
    // Asked first, because browsers write a refusal into the console.
    if (!(sure || (await hearer.signedIn().catch(() => true)))) {
      return;
    }
    sure = false;
    const end = await readOnce(say, signal);
    signal.throwIfAborted();
    if (end === 'refused') {
      await hearer.signedIn().catch(() => undefined);
      return;
    }
    failures = end === 'lost' ? failures + 1 : 1;
    await pause(backoff(failures), signal);
    await reachable(signal);
  }
  // biome-ignore-end lint/performance/noAwaitInLoops: one connection after the other
}

/** Waits while nobody gets an answer from the server: one asks for its health for all. */
async function reachable(signal: AbortSignal): Promise<void> {
  while (connection() === 'offline') {
    signal.throwIfAborted();
    // biome-ignore lint/performance/noAwaitInLoops: it may go away again
    await new Promise<void>((resolve) => {
      const done = () => {
        leave();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const leave = onConnection(done);
      signal.addEventListener('abort', done);
    });
  }
  signal.throwIfAborted();
}

const unauthenticated = 401;

/** One connection to its end. */
async function readOnce(say: (said: Said) => void, signal: AbortSignal): Promise<'ended' | 'lost' | 'refused'> {
  const line = new AbortController();
  const watchdog = watch(() => line.abort());
  let answered = false;
  try {
    const response = await fetch('/api/v1/events', {
      headers: { Accept: 'text/event-stream' },
      cache: 'no-store',
      signal: AbortSignal.any([signal, line.signal]),
    });
    answered = true;
    if (response.status === unauthenticated) {
      return 'refused';
    }
    if (!(response.ok && response.body)) {
      throw await problemOf(response);
    }
    say('begin');
    await readBody(response.body, say, watchdog.fed);
    return 'ended';
  } catch {
    if (!(answered || signal.aborted)) {
      reportUnreachable();
    }
    return 'lost';
  } finally {
    watchdog.stop();
    line.abort();
  }
}

async function readBody(body: ReadableStream<Uint8Array>, say: (said: Said) => void, fed: () => void): Promise<void> {
  let changes: Change[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'change') {
        changes.push(JSON.parse(data));
      }
    },
  });
  const decoder = new TextDecoder();
  const chunks = body.getReader();
  // biome-ignore-start lint/performance/noAwaitInLoops: chunks come one after the other
  for (let chunk = await chunks.read(); !chunk.done; chunk = await chunks.read()) {
    fed();
    parser.feed(decoder.decode(chunk.value, { stream: true }));
    say(changes.length > 0 ? { changes } : 'beat');
    changes = [];
  }
  // biome-ignore-end lint/performance/noAwaitInLoops: chunks come one after the other
}
