import { Problem, problemOf } from '@/shared/api/problem';
import { reportUnreachable } from '@/shared/lib/connection';
import { backoff, pause } from './backoff';
import { isLast, type JobEvent } from './events';
import { readBody } from './read-body';
import { watch } from './watchdog';

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
  let jobId = 'jobId' in source ? source.jobId : undefined;
  let position: string | undefined; // the id of the last event
  let ended = false;
  let failures = 0; // in a row
  let empty = 0; // in a row

  const onEvent = (event: JobEvent, id: string | undefined): boolean => {
    if (id !== undefined) {
      if (position !== undefined && Number(id) <= Number(position)) {
        return false; // had it
      }
      position = id;
    }
    failures = 0;
    empty = 0;
    if (event.kind === 'start' || event.kind === 'restart') {
      jobId ??= jobIdOf(event.data);
    }
    ended = isLast(event);
    listener.onEvent(event);
    return ended;
  };

  listener.onLine('connecting');
  while (!ended) {
    const line = new AbortController(); // this connection only
    const watchdog = watch(() => line.abort());
    let retryAfter = 0;
    let answered = false;
    try {
      const response = await fetch(...request(source, jobId, position, AbortSignal.any([signal, line.signal])));
      answered = true;
      if (response.ok && response.body) {
        listener.onLine('open');
        empty += 1; // until an event proves otherwise
        await readBody(response.body, { onEvent, onBytes: watchdog.fed });
        if (ended || empty >= emptyEnds) {
          return;
        }
      } else {
        const passing = response.status === 429 || response.status >= 500;
        // A person waits for the answer to a question: what Pulse itself says is for
        // them. What a proxy says while Pulse starts anew is not.
        if (!passing || (jobId === undefined && isProblem(response))) {
          throw await problemOf(response);
        }
        retryAfter = Number(response.headers.get('Retry-After')) * 1000 || 0;
      }
    } catch (error) {
      signal.throwIfAborted();
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
    failures += 1;
    listener.onLine('reconnecting');
    await pause(Math.max(backoff(failures), retryAfter), signal);
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
