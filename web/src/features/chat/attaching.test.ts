import { describe, expect, test as it } from 'vitest';
import { Problem } from '@/shared/api/problem';
import type { Attachment } from '@/shared/files/attachment';
import { kindOf } from '@/shared/files/attachment-prepare';
import { hindranceOf, isLong, roomierModel, seeingModel } from './attaching';
import type { Model } from './types';

const images = { max_count: 9, max_bytes: 9, max_total_bytes: 9, max_edge: 9, types: [] };
const model = (id: string, provider: string, more: Partial<Model> = {}) =>
  ({ id, provider, available: true, demo: false, ...more }) as Model;
const blind = model('blind', 'a');

describe('a model that sees', () => {
  const there = model('there', 'b', { images });
  const near = model('near', 'a', { images });
  const away = model('away', 'a', { images, available: false });
  const demo = model('demo', 'c', { images, demo: true });
  it.each([
    ['of the same provider first', [there, near], near],
    ['of another one', [demo, away, blind, there], there],
    ['the demo rather than none', [demo, blind], demo],
    ['none', [blind, away], undefined],
  ])('%s', (_, models, expected) => {
    expect(seeingModel(models, blind)).toBe(expected);
  });
});

describe('a model that changes pictures', () => {
  const picture = { width: 1, height: 1 };
  const draws = model('draws', 'a', { picture });
  const changes = model('changes', 'b', { picture, images });
  const sees = model('sees', 'a', { images });
  it('is one for those that make them', () => {
    expect(seeingModel([sees, draws, changes], draws)).toBe(changes);
    expect(seeingModel([changes, sees], blind)).toBe(sees);
  });
});

describe('a model with more room', () => {
  const asked = model('asked', 'a', { context_window: 100_000 });
  const near = model('near', 'a', { context_window: 1_000_000 });
  const there = model('there', 'b', { context_window: 2_000_000, images });
  it.each([
    ['of the same provider first', 200_000, false, near],
    ['that sees, for pictures', 200_000, true, there],
    ['with room for the answer, too', 999_999, false, there],
    ['none', 2_000_000, false, undefined],
  ])('%s', (_, tokens, pictures, expected) => {
    expect(roomierModel([there, near, asked], asked, tokens, pictures)).toBe(expected);
  });
});

describe('what hinders', () => {
  const of = (part: Partial<Attachment>) =>
    ({ key: '', name: '', size: 1, fraction: 0, state: 'ready', ...part }) as Attachment;
  const picture = of({ preview: 'blob:x' });
  it.each([
    ['nothing', [of({})], blind, undefined],
    ['a picture that it does not see', [picture, of({ state: 'uploading' })], blind, 'blind'],
    ['a picture that it sees', [picture], model('sees', 'a', { images }), undefined],
    ['an upload', [of({}), of({ state: 'waiting' })], blind, 'uploading'],
    [
      'a text for a model that makes pictures',
      [of({})],
      model('draws', 'a', { picture: { width: 1, height: 1 } }),
      'unread',
    ],
    ['a failure', [of({ state: 'failed' }), of({ state: 'uploading' })], blind, 'failed'],
  ] as const)('%s', (_, list, asked, expected) => {
    expect(hindranceOf(list, asked)).toBe(expected);
  });

  const count = { prompt_tokens: 9, context_window: 8, fits: false, files: [], prompt_cost_usd: 0 };
  const problem = new Problem({ type: '', title: '', status: 422, detail: '', request_id: '' });
  it.each([
    ['a question that does not fit', { count }, 'full'],
    ['one that fits', { count: { ...count, fits: true } }, undefined],
    ['pictures that the model refuses', { count, problem }, 'refused'],
  ])('%s', (_, counted, expected) => {
    expect(hindranceOf([of({})], blind, counted)).toBe(expected);
  });
});

it.each([
  ['x'.repeat(4000), false],
  ['x'.repeat(4001), true],
  ['x\n'.repeat(99), false],
  ['x\n'.repeat(100), true],
])('a text is long or not (case %#)', (text, long) => {
  expect(isLong(text)).toBe(long);
});

it.each([
  ['\x89PNG\r\n\x1a\n', 'picture'],
  ['\xff\xd8\xff\xe0', 'picture'],
  ['GIF89a', 'picture'],
  ['RIFF\x00\x00\x00\x00WEBPVP8 ', 'picture'],
  ['%PDF-1.7', 'pdf'],
  ['PK\x03\x04\x14\x00', 'other'],
  ['a,b\n1,2', 'text'],
  ['\xff\xfea\x00', 'text'],
])('%j is known by its bytes', async (head, kind) => {
  const bytes = Uint8Array.from(head, (letter) => letter.charCodeAt(0));
  expect(await kindOf(new Blob([bytes]))).toBe(kind);
});
