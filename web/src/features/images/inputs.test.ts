import { expect, test as it } from 'vitest';
import { Problem } from '@/shared/api/problem';
import type { Attachment } from '@/shared/files/attachment';
import { editor, goneOf, type Hindrance, hindranceOf, placeOf } from './inputs';
import type { ImageModel } from './types';

const edit = { max_count: 2, max_bytes: 100, max_total_bytes: 150, max_edge: 10, types: ['image/png'] };
const model = (id: string, part: Partial<ImageModel> = {}): ImageModel =>
  ({ id, provider: id.charAt(0), available: true, demo: false, ...part }) as ImageModel;
const input = (state: Attachment['state'], size = 10): Attachment => ({
  key: `${state}${size}`,
  name: 'a.png',
  size,
  state,
  fraction: 0,
});

const able = model('a1', { edit });

it.each<[string, Attachment[], ImageModel | undefined, Hindrance | undefined]>([
  ['none', [], undefined, undefined],
  ['all there', [input('ready'), input('ready')], able, undefined],
  ['a model of words only', [input('ready')], model('b1'), 'blind'],
  ['one failed', [input('uploading'), input('failed')], able, 'failed'],
  ['too many', [input('ready'), input('ready'), input('ready')], able, 'many'],
  ['too large together', [input('ready', 90), input('ready', 80)], able, 'large'],
  ['one on its way', [input('ready'), input('uploading')], able, 'uploading'],
])('%s', (_, list, of, hindrance) => {
  expect(hindranceOf(list, of)).toBe(hindrance);
});

it('another model changes pictures: of the same provider, else one that is no demo', () => {
  const demo = model('d1', { edit, demo: true });
  const away = model('b2', { edit, available: false });
  expect(editor([model('b1'), demo, away, able], model('b1'))?.id).toBe('a1');
  expect(editor([demo, able, model('b3', { edit })], model('b1'))?.id).toBe('b3');
  expect(editor([demo], model('b1'))?.id).toBe('d1');
  expect(editor([model('b1')], model('b1'))).toBeUndefined();
});

it('pictures that the server has no more are told by its refusal, and hinder', () => {
  const problem = new Problem({
    type: 'urn:pulse:problem:invalid',
    title: '',
    status: 422,
    detail: '',
    request_id: '',
    errors: [
      { location: 'body.image_file_ids[1]', message: 'is not a file of yours; POST /api/v1/files uploads one' },
      { location: 'body.image_file_ids[0]', message: 'is not a picture' },
      { location: 'body.prompt', message: 'must say what is to be seen' },
    ],
  });
  expect(goneOf(problem, { model: 'm', prompt: '', image_file_ids: ['f0', 'f1'] })).toEqual(['f1']);
  expect(goneOf(problem, { model: 'm', prompt: '' })).toEqual([]);
  expect([placeOf('image_file_ids[1]'), placeOf('prompt')]).toEqual([2, undefined]);
  const list = [{ ...input('ready'), file: { id: 'f1' } as never }];
  expect(hindranceOf(list, able, ['f1'])).toBe('gone');
  expect(hindranceOf(list, able, ['f2'])).toBeUndefined();
});
