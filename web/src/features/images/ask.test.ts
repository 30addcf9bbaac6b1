import { expect, test as it } from 'vitest';
import { askWords } from './ask';
import type { ImageFile, ImageJob, ImageModel, ImageRequest } from './types';
import { again, varied } from './variations';

const model = {
  id: 'm',
  max_count: 4,
  parameters: ['seed'],
  qualities: ['medium', 'high'],
  sizes: [
    { id: 's', width: 1024, height: 1024 },
    { id: 'p', width: 512, height: 1024 },
  ],
  price: { about_usd_per_image: { s: 0.03, 's/high': 0.13, p: 0.05 } },
} as unknown as ImageModel;

const request: ImageRequest = { model: 'm', prompt: 'A fox', count: 4, size: 's', quality: 'medium' };
const job = { input: request } as ImageJob;
const file = { id: 'f' } as ImageFile;

it.each<[string, Partial<ImageRequest>, string, string]>([
  ['all of it', {}, '4 images', '0.12'],
  ['one', { count: 1 }, '1 image', '0.03'],
  ['a better one', { count: 1, quality: 'high' }, '1 image', '0.13'],
  ['another size', { count: 2, size: 'p' }, '2 images', '0.10'],
  [
    'what says nothing of itself',
    { count: undefined, size: undefined, quality: undefined } as never,
    '1 image',
    '0.03',
  ],
])('a click says what it makes and costs: %s', (_, part, count, price) => {
  const words = askWords({ ...request, ...part }, model);
  expect(words.startsWith(`${count} · about `)).toBe(true);
  expect(words).toContain(price);
});

it('a price that nobody knows is not said', () => {
  expect(askWords(request, { ...model, price: undefined } as unknown as ImageModel)).toBe('4 images');
});

it('others like one picture are one picture', () => {
  expect(varied(job, file, model)).toMatchObject({ prompt: 'A fox', count: 1, seed: expect.any(Number) });
  const painter = { ...model, parameters: [], edit: {} } as unknown as ImageModel;
  expect(varied(job, file, painter)).toEqual({ ...request, count: 1, image_file_ids: ['f'] });
  expect(varied(job, file, undefined)).toBeUndefined();
});

it('made again it is all of it, or so many', () => {
  expect(again(job)).toEqual(request);
  expect(again(job, 1)).toEqual({ ...request, count: 1 });
});
