import { afterEach, beforeEach, describe, expect, test as it, vi } from 'vitest';
import { Problem } from '@/shared/api/problem';
import type { JobEvent } from './events';
import { followJob, type Line, type Source } from './follow';
import { silence } from './watchdog';

/** What one connection does: the events that come over it, and how it ends. */
interface Connection {
  events?: [id: number, name: string, data: unknown][];
  /** open: it stays open without another byte. */
  end?: 'close' | 'cut' | 'open';
  status?: number;
  problem?: object;
  retryAfter?: string;
  /** There is no server at all. */
  unreachable?: boolean;
}

interface Request {
  path: string;
  method: string;
  lastEventId: string | null;
  key: string | null;
}

const ask: Source = { ask: { path: '/api/v1/chat/stream', body: { model: 'm' }, idempotencyKey: 'k1' } };
const start: [number, string, unknown] = [101, 'start', { job_id: 'j1' }];
const done: [number, string, unknown] = [120, 'done', {}];
const text = (id: number, value: string): [number, string, unknown] => [id, 'delta', { text: value }];

/** A server whose connections go as planned, one after the other. */
function serve(plan: Connection[]): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    if (path === '/api/v1/health') {
      return new Promise(() => undefined);
    }
    const headers = new Headers(init.headers);
    requests.push({
      path,
      method: init.method ?? 'GET',
      lastEventId: headers.get('Last-Event-ID'),
      key: headers.get('Idempotency-Key'),
    });
    const connection = plan.shift();
    if (!connection) {
      throw new Error('one connection more than planned');
    }
    return connection.unreachable
      ? Promise.reject(new TypeError('fetch failed'))
      : Promise.resolve(respond(connection, init));
  });
  return requests;
}

function respond(
  { events = [], end = 'close', status = 200, problem, retryAfter }: Connection,
  init: RequestInit,
): Response {
  if (status !== 200) {
    return new Response(problem ? JSON.stringify(problem) : 'bad gateway', {
      status,
      headers: {
        ...(problem && { 'Content-Type': 'application/problem+json' }),
        ...(retryAfter && { 'Retry-After': retryAfter }),
      },
    });
  }
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
      for (const [id, name, data] of events) {
        controller.enqueue(encoder.encode(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
      }
      if (end === 'close') {
        controller.close();
      } else if (end === 'cut') {
        controller.enqueue(encoder.encode('id: 999\nevent: delta\ndata: {"text":"ha'));
        setTimeout(() => controller.error(new TypeError('network error')), 1);
      }
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

function follow(source: Source, signal = new AbortController().signal) {
  const events: JobEvent[] = [];
  const lines: Line[] = [];
  let error: unknown;
  let settled = false;
  const following = followJob(source, { onEvent: (e) => events.push(e), onLine: (l) => lines.push(l) }, signal)
    .catch((reason: unknown) => {
      error = reason;
    })
    .finally(() => {
      settled = true;
    });
  const said = () => events.map((e) => (e.kind === 'text' ? e.text : `<${e.kind}>`)).join('');
  return { following, lines, said, error: () => error, settled: () => settled };
}

describe('followJob', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const cases: {
    name: string;
    source: Source;
    plan: Connection[];
    said: string;
    requests: string[];
    lines: Line[];
  }[] = [
    {
      name: 'one connection from question to end',
      source: ask,
      plan: [{ events: [start, text(105, 'Hell'), text(106, 'o'), done] }],
      said: '<start>Hello<done>',
      requests: ['POST /api/v1/chat/stream key=k1'],
      lines: ['connecting', 'open'],
    },
    {
      name: 'a line that is cut inside an event goes on after the last whole one',
      source: ask,
      plan: [{ events: [start, text(105, 'Hell')], end: 'cut' }, { events: [text(106, 'o'), done] }],
      said: '<start>Hello<done>',
      requests: ['POST /api/v1/chat/stream key=k1', 'GET /api/v1/jobs/j1/events after=105'],
      lines: ['connecting', 'open', 'reconnecting', 'open'],
    },
    {
      name: 'a line that ends too early goes on',
      source: { jobId: 'j1' },
      plan: [{ events: [start, text(105, 'Hell')] }, { events: [text(106, 'o'), done] }],
      said: '<start>Hello<done>',
      requests: ['GET /api/v1/jobs/j1/events', 'GET /api/v1/jobs/j1/events after=105'],
      lines: ['connecting', 'open', 'reconnecting', 'open'],
    },
    {
      name: 'a question that did not get through is asked with the same key',
      source: ask,
      plan: [{ unreachable: true }, { unreachable: true }, { events: [start, done] }],
      said: '<start><done>',
      requests: [
        'POST /api/v1/chat/stream key=k1',
        'POST /api/v1/chat/stream key=k1',
        'POST /api/v1/chat/stream key=k1',
      ],
      lines: ['connecting', 'reconnecting', 'reconnecting', 'open'],
    },
    {
      name: 'what came already is not taken again',
      source: { jobId: 'j1' },
      plan: [{ events: [start, text(105, 'Hell')], end: 'cut' }, { events: [text(105, 'Hell'), text(106, 'o'), done] }],
      said: '<start>Hello<done>',
      requests: ['GET /api/v1/jobs/j1/events', 'GET /api/v1/jobs/j1/events after=105'],
      lines: ['connecting', 'open', 'reconnecting', 'open'],
    },
    {
      name: 'a restart reaches the reader',
      source: { jobId: 'j1' },
      plan: [
        { events: [start, text(105, 'Hell')], end: 'cut' },
        { events: [[201, 'restart', { job_id: 'j1' }], text(207, 'Goodbye'), [208, 'done', {}]] },
      ],
      said: '<start>Hell<restart>Goodbye<done>',
      requests: ['GET /api/v1/jobs/j1/events', 'GET /api/v1/jobs/j1/events after=105'],
      lines: ['connecting', 'open', 'reconnecting', 'open'],
    },
    {
      name: 'a proxy without a server behind it is a lost line',
      source: ask,
      plan: [{ status: 502 }, { events: [start, done] }],
      said: '<start><done>',
      requests: ['POST /api/v1/chat/stream key=k1', 'POST /api/v1/chat/stream key=k1'],
      lines: ['connecting', 'reconnecting', 'open'],
    },
    {
      name: 'a server that has nothing more to say ends it',
      source: { jobId: 'j1' },
      plan: [{ events: [start] }, {}, {}, {}],
      said: '<start>',
      requests: [
        'GET /api/v1/jobs/j1/events',
        'GET /api/v1/jobs/j1/events after=101',
        'GET /api/v1/jobs/j1/events after=101',
        'GET /api/v1/jobs/j1/events after=101',
      ],
      lines: ['connecting', 'open', 'reconnecting', 'open', 'reconnecting', 'open', 'reconnecting', 'open'],
    },
  ];

  it.each(cases)('$name', async ({ source, plan, said, requests, lines }) => {
    const made = serve(plan);
    const reader = follow(source);
    await vi.advanceTimersByTimeAsync(10_000);
    await reader.following;
    expect(reader.error()).toBeUndefined();
    expect(reader.said()).toBe(said);
    expect(reader.lines).toEqual(lines);
    expect(
      made.map(
        ({ method, path, key, lastEventId }) =>
          `${method} ${path}${key === null ? '' : ` key=${key}`}${lastEventId === null ? '' : ` after=${lastEventId}`}`,
      ),
    ).toEqual(requests);
  });

  const quota = { type: 'urn:pulse:problem:quota_exceeded', title: 'Quota used up', status: 402, detail: 'No.' };
  const away = { type: 'urn:pulse:problem:unavailable', title: 'Away', status: 503, detail: 'A moment.' };
  const gone = { type: 'urn:pulse:problem:not_found', title: 'Not found', status: 404, detail: 'Gone.' };

  it.each<[string, Source, Connection, string]>([
    ['a refused question', ask, { status: 402, problem: quota }, 'No.'],
    ['a question that Pulse cannot take now', ask, { status: 503, problem: away }, 'A moment.'],
    ['a job that is not there', { jobId: 'j1' }, { status: 404, problem: gone }, 'Gone.'],
  ])('%s is the reader’s to know, at once', async (_name, source, connection, message) => {
    const made = serve([connection]);
    const reader = follow(source);
    await vi.advanceTimersByTimeAsync(0);
    await reader.following;
    expect(reader.error()).toBeInstanceOf(Problem);
    expect(reader.error()).toHaveProperty('message', message);
    expect(made).toHaveLength(1);
  });

  it('a job is followed through a server that is away, no sooner than it says', async () => {
    const made = serve([{ status: 503, problem: away, retryAfter: '7' }, { events: [start, done] }]);
    const reader = follow({ jobId: 'j1' });
    await vi.advanceTimersByTimeAsync(6900);
    expect(made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    await reader.following;
    expect(reader.said()).toBe('<start><done>');
  });

  it('a silent line is a lost one', async () => {
    const made = serve([{ events: [start], end: 'open' }, { events: [done] }]);
    const reader = follow({ jobId: 'j1' });
    await vi.advanceTimersByTimeAsync(silence - 100);
    expect(made).toHaveLength(1);
    expect(reader.lines.at(-1)).toBe('open');
    await vi.advanceTimersByTimeAsync(1000);
    await reader.following;
    expect(made).toHaveLength(2);
    expect(reader.said()).toBe('<start><done>');
  });

  it('who stops reading is read to no more', async () => {
    const leaving = new AbortController();
    const made = serve([{ events: [start], end: 'open' }]);
    const reader = follow({ jobId: 'j1' }, leaving.signal);
    await vi.advanceTimersByTimeAsync(10);
    leaving.abort();
    await reader.following;
    expect(reader.error()).toHaveProperty('name', 'AbortError');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made).toHaveLength(1);
  });
});
