import { describe, expect, test as it } from 'vitest';
import type { JobEvent } from './events';
import { readBody } from './read-body';

const text = [
  'id: 4294967297\nevent: start\ndata: {"job_id":"j1"}\n\n',
  ': keep-alive\n\n',
  'id: 4294967310\nevent: delta\ndata: {"text":"Grüße, 世界 🌍"}\n\n',
  'id: 4294967315\nevent: delta\ndata: {"reasoning":"so"}\n\n',
  'id: 4294967316\nevent: news\ndata: {}\n\n',
  'id: 4294967317\nevent: done\ndata: {"finish_reason":"stop"}\n\n',
].join('');

const whole: [JobEvent, string][] = [
  [{ kind: 'start', data: { job_id: 'j1' } }, '4294967297'],
  [{ kind: 'text', text: 'Grüße, 世界 🌍' }, '4294967310'],
  [{ kind: 'reasoning', text: 'so' }, '4294967315'],
  [{ kind: 'done', data: { finish_reason: 'stop' } }, '4294967317'],
];

/** The bytes in chunks of a size, which cuts characters and events anywhere. */
function inChunks(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
      }
      controller.close();
    },
  });
}

async function read(body: ReadableStream<Uint8Array>, enoughAfter = Number.POSITIVE_INFINITY) {
  const events: [JobEvent, string | undefined][] = [];
  let chunks = 0;
  await readBody(body, {
    onEvent: (event, id) => events.push([event, id]) >= enoughAfter,
    onBytes: () => {
      chunks += 1;
    },
  });
  return { events, chunks };
}

describe('readBody', () => {
  it.each([1, 2, 3, 4, 5, 7, 16, 61, 1000])('reads the same events in chunks of %i bytes', async (size) => {
    const bytes = new TextEncoder().encode(text);
    const { events, chunks } = await read(inChunks(bytes, size));
    expect(events).toEqual(whole);
    expect(chunks).toBe(Math.ceil(bytes.length / size));
  });

  it('reads lines that end as in Windows', async () => {
    const { events } = await read(inChunks(new TextEncoder().encode(text.replaceAll('\n', '\r\n')), 3));
    expect(events).toEqual(whole);
  });

  it('an event that the line cut off is none', async () => {
    const bytes = new TextEncoder().encode(text);
    const cut = bytes.slice(0, bytes.length - 1); // the empty line that ends the last event is missing
    const { events } = await read(inChunks(cut, 10));
    expect(events).toEqual(whole.slice(0, -1));
  });

  it('stops where it is told to, and lets go of the line', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(text)),
      cancel: () => {
        cancelled = true;
      },
    });
    const { events } = await read(body, 2);
    expect(events).toEqual(whole.slice(0, 2));
    expect(cancelled).toBe(true);
  });
});
