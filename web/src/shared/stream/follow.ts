import { Problem, problemOf } from '@/shared/api/problem';
import { reportUnreachable } from '@/shared/lib/connection';
import { backoff, pause } from './backoff';
import { isLast, type JobEvent } from './events';
import { readBody } from './read-body';
import { type Watchdog, watch } from './watchdog';

/**
 * Where the events come from: a request that starts a job, or a job that runs.
 * The request may be sent more than once, so it needs a key by which the
 * server knows it again.
 */
export type Source = { ask: { path: string; body: unknown; idempotencyKey: string } } | { jobId: string };

/** The state of the connection, as a person may see it. */
export type Line = 'connecting' | 'open' | 'reconnecting';

export interface Listener {
  onEvent: (event: JobEvent) => void;
  onLine: (line: Line) => void;
}

/** After so many connections in a row that end without a word, the server has nothing more to say. */
const emptyEnds = 3;

/**
 * Follows a job to its end over any number of connections: each goes on after
 * the last whole event of the one before, so that nothing is lost or repeated.
 *
 * Resolves when the job has ended. Rejects with a Problem when the server
 * refuses for good, and with the signal's reason when that is aborted; the job
 * itself goes on then.
 */
export async function followJob(source: Source, listener: Listener, signal: AbortSignal): Promise<void> {
  const follower = new Follower(source, listener, signal);
  listener.onLine('connecting');
  // biome-ignore-start lint/performance/noAwaitInLoops: one connection after the other
  while (!(await follower.connect())) {
    listener.onLine('reconnecting');
    await follower.wait();
  }
  // biome-ignore-end lint/performance/noAwaitInLoops: one connection after the other
}

/** What is known of a job from one connection to the next. */
class Follower {
  readonly #source: Source;
  readonly #listener: Listener;
  readonly #signal: AbortSignal;
  #jobId: string | undefined;
  #position: string | undefined; // the id of the last event
  #ended = false;
  #failures = 0; // in a row
  #empty = 0; // in a row
  #retryAfter = 0; // milliseconds, as the server wishes

  constructor(source: Source, listener: Listener, signal: AbortSignal) {
    this.#source = source;
    this.#listener = listener;
    this.#signal = signal;
    this.#jobId = 'jobId' in source ? source.jobId : undefined;
  }

  /** One connection to its end. True: the job has ended, or the server knows no more of it. */
  async connect(): Promise<boolean> {
    const line = new AbortController(); // this connection only
    const watchdog = watch(() => line.abort());
    let answered = false;
    try {
      const signal = AbortSignal.any([this.#signal, line.signal]);
      const response = await fetch(...request(this.#source, this.#jobId, this.#position, signal));
      answered = true;
      await this.#read(response, watchdog);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof Problem) {
        throw error;
      }
      // Anything else is a lost line: no network, a cut, silence, half a message.
      if (!answered) {
        reportUnreachable();
      }
    } finally {
      watchdog.stop();
      line.abort();
    }
    return this.#ended || this.#empty >= emptyEnds;
  }

  /** Waits before the next connection, longer each time. */
  wait(): Promise<void> {
    this.#failures += 1;
    return pause(Math.max(backoff(this.#failures), this.#retryAfter), this.#signal);
  }

  /** Throws the Problem of a refusal that is for good. */
  async #read(response: Response, watchdog: Watchdog): Promise<void> {
    this.#retryAfter = 0;
    if (response.ok && response.body) {
      this.#listener.onLine('open');
      this.#empty += 1; // until an event proves otherwise
      await readBody(response.body, { onEvent: (event, id) => this.#take(event, id), onBytes: watchdog.fed });
      return;
    }
    const passing = response.status === 429 || response.status >= 500;
    // A person waits for the answer to a question: what Pulse itself says is for
    // them. What a proxy says while Pulse starts anew is not.
    if (!passing || (this.#jobId === undefined && isProblem(response))) {
      throw await problemOf(response);
    }
    this.#retryAfter = Number(response.headers.get('Retry-After')) * 1000 || 0;
  }

  /** True: that was the last one. */
  #take(event: JobEvent, id: string | undefined): boolean {
    if (id !== undefined) {
      if (this.#position !== undefined && Number(id) <= Number(this.#position)) {
        return false; // had it
      }
      this.#position = id;
    }
    this.#failures = 0;
    this.#empty = 0;
    if (event.kind === 'start' || event.kind === 'restart') {
      this.#jobId ??= jobIdOf(event.data);
    }
    this.#ended = isLast(event);
    this.#listener.onEvent(event);
    return this.#ended;
  }
}

function request(
  source: Source,
  jobId: string | undefined,
  position: string | undefined,
  signal: AbortSignal,
): [string, RequestInit] {
  const headers: Record<string, string> = { Accept: 'text/event-stream' };
  const init: RequestInit = { headers, signal, cache: 'no-store' };
  if (jobId === undefined && 'ask' in source) {
    const { path, body, idempotencyKey } = source.ask;
    headers['Content-Type'] = 'application/json';
    headers['Idempotency-Key'] = idempotencyKey;
    return [path, { ...init, method: 'POST', body: JSON.stringify(body) }];
  }
  if (position !== undefined) {
    headers['Last-Event-ID'] = position;
  }
  return [`/api/v1/jobs/${jobId}/events`, init];
}

function jobIdOf(data: unknown): string | undefined {
  return (data as { job_id?: string } | null)?.job_id;
}

function isProblem(response: Response): boolean {
  return response.headers.get('Content-Type')?.startsWith('application/problem+json') ?? false;
}
