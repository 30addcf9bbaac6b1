import { expect, test as it } from 'vitest';
import { asked, fitted, requestOf, type Settings, unmet, usual, wishesOf } from './settings';
import { nameIn } from './size-choice';
import type { ImageModel } from './types';

const size = (id: string, width: number, height: number) => ({ id, width, height });

const model = (part: Partial<ImageModel> = {}): ImageModel => ({
  id: 'plain',
  name: 'Plain',
  provider: 'p',
  provider_name: 'P',
  available: true,
  demo: false,
  abilities: [],
  max_count: 4,
  max_prompt_characters: 1000,
  parameters: [],
  written_into_prompt: [],
  qualities: [],
  sizes: [
    size('1024x1024', 1024, 1024),
    size('portrait', 1024, 1536),
    size('landscape', 1536, 1024),
    size('256x256', 256, 256),
  ],
  ...part,
});

const able = model({
  id: 'able',
  parameters: ['negative_prompt', 'guidance_scale', 'seed'],
  qualities: ['medium', 'low', 'high'],
  sizes: [size('1024x1024', 1024, 1024), size('wide', 1376, 768), size('portrait', 832, 1216)],
});

const wishes: Settings = {
  count: 4,
  size: size('wide', 1376, 768),
  quality: 'high',
  guidance: 12,
  seed: 7,
  negative: 'people',
  presets: [],
};

it('a model that takes everything is asked for everything', () => {
  expect(unmet(wishes, able)).toEqual([]);
  expect(requestOf(wishes, able, 'A fox', ['f1'])).toEqual({
    model: 'able',
    prompt: 'A fox',
    count: 4,
    size: 'wide',
    quality: 'high',
    negative_prompt: 'people',
    guidance_scale: 12,
    seed: 7,
    image_file_ids: ['f1'],
  });
});

it('what a model does not take is not sent, is named, and comes back with one that does', () => {
  const plain = model({ max_count: 2 });
  expect(requestOf(wishes, plain, 'A fox', [])).toEqual({
    model: 'plain',
    prompt: 'A fox',
    count: 2,
    size: 'landscape',
  });
  expect(unmet(wishes, plain)).toEqual(['size', 'quality', 'count', 'negative', 'guidance', 'seed']);
  expect(fitted(wishes, able)).toMatchObject({ guidance: 12, seed: 7, negative: 'people', count: 4 });
});

it.each<[string, [number, number], string]>([
  ['the same shape', [512, 512], '1024x1024'],
  ['and then as many pixels', [300, 300], '256x256'],
  ['the nearest shape', [768, 1376], 'portrait'],
  ['also where it is another by far', [3000, 500], 'landscape'],
])('a size that a model has not: %s', (_, [width, height], found) => {
  expect(fitted({ ...usual, size: size('other', width, height) }, model()).size?.id).toBe(found);
});

it('the same id is the same size, whatever its pixels', () => {
  expect(fitted({ ...usual, size: size('portrait', 1, 1) }, able).size).toEqual(size('portrait', 832, 1216));
});

it('without wishes the model’s first of everything holds, and nothing is left out', () => {
  expect(fitted(usual, able)).toMatchObject({ count: 1, quality: 'medium', guidance: undefined, seed: undefined });
  expect(fitted(usual, able).size?.id).toBe('1024x1024');
  expect(unmet(usual, able)).toEqual([]);
});

it('what was made is wished for again as it was', () => {
  const request = requestOf(wishes, able, 'A fox', []);
  const again = wishesOf(request, able, ['photo']);
  expect(requestOf(again, able, 'A fox', [])).toEqual(request);
  expect(again).toMatchObject({ seedKept: true, presets: ['photo'] });
  expect(wishesOf({ model: 'able', prompt: 'x' }, able, [])).not.toHaveProperty('seedKept');
});

it('what a job says beside its request is not asked for', () => {
  const request = requestOf(wishes, able, 'A fox', ['f1']);
  expect(asked({ ...request, base_seed: 3 } as typeof request)).toEqual(request);
});

it('sizes of one shape are told apart in words', () => {
  const square = (side: number) => size(`${side}`, side, side);
  const named = (...sizes: ReturnType<typeof size>[]) => sizes.map((each) => nameIn(each, sizes));
  expect(named(square(1024), size('wide', 1792, 1024), square(512), square(256))).toEqual([
    'Square',
    'Wide',
    'Square, medium',
    'Square, small',
  ]);
  expect(named(square(512), square(1024))).toEqual(['Square, small', 'Square']);
});
