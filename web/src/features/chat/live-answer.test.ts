import { afterEach, beforeEach, describe, expect, test as it, vi } from 'vitest';
import { LiveAnswer, type Owner } from './live-answer';

const beginning = {
  job_id: 'j1',
  conversation_id: 'c1',
  user_message_id: 'q1',
  message_id: 'a1',
  model: 'm',
  provider: 'p',
};
const ending = { finish_reason: 'stop', status: 'completed', usage: {} };
const problem = { type: 'urn:pulse:problem:upstream', title: 'Away', status: 502, detail: 'Away for now.' };

/** A server that says these events over one connection. */
function say(...events: [name: string, data: unknown][]) {
  const text = events
    .map(([name, data], i) => `id: ${i + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    .join('');
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(text)));
}

/** An answer, and what its owner hears. */
function listen() {
  const heard: { began: number; ends: Parameters<Owner['onEnd']>[] } = { began: 0, ends: [] };
  const answer = new LiveAnswer({
    onBegin: () => {
      heard.began += 1;
    },
    onEnd: (...end) => {
      heard.ends.push(end);
    },
  });
  return { answer, heard };
}

const question = { ask: { path: '/api/v1/chat/stream', body: {}, idempotencyKey: 'k' } };

describe('LiveAnswer', () => {
  beforeEach(() => {
    vi.stubGlobal('document', new EventTarget());
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('gathers text and thoughts, and tells its owner once', async () => {
    say(
      ['start', beginning],
      ['delta', { reasoning: 'Hm.' }],
      ['delta', { text: 'Be' }],
      ['delta', { text: 'cause.' }],
      ['done', ending],
    );
    const { answer, heard } = listen();
    await answer.run(question);
    expect(answer.jobId).toBe('j1');
    expect(heard.began).toBe(1);
    expect(heard.ends).toEqual([
      [{ kind: 'done', ending }, expect.objectContaining({ text: 'Because.', reasoning: 'Hm.', restarted: false })],
    ]);
    expect(answer.snapshot().text).toBe('Because.');
  });

  it('forgets what came before a restart, and says so', async () => {
    say(
      ['start', beginning],
      ['delta', { text: 'Half an' }],
      ['restart', beginning],
      ['delta', { text: 'Anew.' }],
      ['done', ending],
    );
    const { answer, heard } = listen();
    await answer.run(question);
    expect(heard.ends[0]?.[1]).toMatchObject({ text: 'Anew.', reasoning: '', restarted: true });
    expect(heard.began).toBe(2);
  });

  it('shows a picture as soon as it is kept', async () => {
    const file = { id: 'f1', name: 'Boat.png', content_type: 'image/png', size: 9, width: 4, height: 3 };
    say(['start', beginning], ['progress', { percent: 99, index: 0, file }], ['done', ending]);
    const { answer, heard } = listen();
    await answer.run(question);
    expect(heard.ends[0]?.[1].files).toEqual([{ ...file, kind: 'image' }]);
  });

  it('a failure keeps what came', async () => {
    say(['start', beginning], ['delta', { text: 'Half' }], ['error', problem]);
    const { answer, heard } = listen();
    await answer.run(question);
    const [outcome, state] = heard.ends[0] ?? [];
    expect(outcome).toMatchObject({ kind: 'failed', problem: { message: 'Away for now.' } });
    expect(state?.text).toBe('Half');
  });

  it('a question that is not taken has no end, only a reason', async () => {
    vi.stubGlobal('fetch', () =>
      Promise.resolve(new Response(JSON.stringify({ ...problem, status: 402, detail: 'Used up.' }), { status: 402 })),
    );
    const { answer, heard } = listen();
    await expect(answer.run(question)).rejects.toThrow('Used up.');
    expect(heard).toEqual({ began: 0, ends: [] });
  });

  it('a job that the server does not know any more ends without a word', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 404 })));
    const { answer, heard } = listen();
    await answer.run({ jobId: 'j1' });
    expect(heard.ends.map(([outcome]) => outcome)).toEqual([{ kind: 'unknown' }]);
  });

  it('who closes it hears no end: it goes on elsewhere', async () => {
    vi.stubGlobal(
      'fetch',
      (_path: string, { signal }: RequestInit) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const { answer, heard } = listen();
    const reading = answer.run({ jobId: 'j1' });
    answer.close();
    await reading;
    expect(heard.ends).toEqual([]);
  });

  it('shows at once that it is being stopped', () => {
    const { answer } = listen();
    const seen: boolean[] = [];
    answer.subscribe(() => seen.push(answer.snapshot().stopping));
    answer.setStopping(true);
    expect(seen.at(-1)).toBe(true);
  });
});
