import { expect, test as it } from 'vitest';
import { Problem } from '@/shared/api/problem';
import type { JobEvent } from '@/shared/stream/events';
import { followed } from './running';
import { tilesOf, withEvent } from './tiles';
import type { ImageFailure, ImageFile, ImageJob } from './types';

const file = (index: number): ImageFile => ({
  id: `f${index}`,
  index,
  name: `A fox ${index}.png`,
  width: 10,
  height: 10,
  size: 1,
  created_at: '2026-11-25T10:00:00Z',
});

const failure = (index: number): ImageFailure => ({ index, type: 'provider_blocked', detail: 'It was declined.' });

const job = (part: Partial<ImageJob> = {}): ImageJob => ({
  id: 'j',
  type: 'image',
  status: 'processing',
  progress: 0,
  provider: 'demo',
  model: 'demo-image',
  subject_id: '',
  attempt: 1,
  created_at: '2026-11-25T10:00:00Z',
  input: { model: 'demo-image', prompt: 'A fox', count: 3 },
  result: null,
  ...part,
});

const came = (index: number, percent: number): JobEvent => ({
  kind: 'progress',
  data: { percent, index, file: file(index) } as never,
});
const failed = (index: number, percent: number): JobEvent => ({
  kind: 'progress',
  data: { percent, index, failed: failure(index) } as never,
});
const kinds = (of: ImageJob) => tilesOf(of).map(({ kind, index }) => `${index} ${kind}`);

it('every picture has its place from the start', () => {
  expect(kinds(job({ status: 'pending' }))).toEqual(['0 making', '1 making', '2 making']);
  expect(tilesOf(job({ input: { model: 'm', prompt: 'p' } }))).toHaveLength(1);
});

it('pictures and failures come in any order, and may come twice', () => {
  const events: JobEvent[] = [
    { kind: 'start', data: { job_id: 'j' } },
    came(2, 33),
    failed(0, 66),
    came(2, 33),
    { kind: 'restart', data: {} },
  ];
  const merged = events.reduce(withEvent, job({ status: 'pending' }));
  expect(merged).toMatchObject({ status: 'processing', progress: 66 });
  expect(kinds(merged)).toEqual(['0 failed', '1 making', '2 picture']);
  expect(merged.result?.files).toHaveLength(1);

  const ended = [came(1, 100), { kind: 'done', data: { status: 'completed' } } as JobEvent].reduce(withEvent, merged);
  expect(ended).toMatchObject({ status: 'completed', progress: 100 });
  expect(kinds(ended)).toEqual(['0 failed', '1 picture', '2 picture']);
});

it('what is cancelled keeps what came', () => {
  const merged = [came(1, 33), { kind: 'done', data: { status: 'cancelled' } } as JobEvent].reduce(withEvent, job());
  expect(merged.status).toBe('cancelled');
  expect(kinds(merged)).toEqual(['1 picture']);
});

it('what fails as a whole says why', () => {
  const document = { type: 'x', title: 'No', status: 502, detail: 'It was declined.', request_id: 'r' };
  const merged = withEvent(withEvent(job(), failed(0, 33)), { kind: 'error', problem: new Problem(document) });
  expect(merged).toMatchObject({ status: 'failed', error: document });
  expect(tilesOf(merged)).toEqual([]);
});

it('an event that comes late does not wake what has ended', () => {
  const ended = job({ status: 'completed' });
  expect(withEvent(ended, { kind: 'start', data: {} }).status).toBe('completed');
  expect(withEvent(ended, came(0, 33)).status).toBe('completed');
});

it('what is deleted has no place', () => {
  const whole = job({ status: 'completed', result: { files: [0, 1, 2].map(file), failed: [], notes: [] } });
  expect(tilesOf(whole, new Set(['f1'])).map(({ index }) => index)).toEqual([0, 2]);
});

it('few jobs are followed at once, those that began first', () => {
  const jobs = ['e', 'd', 'c', 'b', 'a'].map((id) => job({ id, status: id === 'b' ? 'completed' : 'pending' }));
  expect(followed(jobs).map(({ id }) => id)).toEqual(['c', 'a']);
});
