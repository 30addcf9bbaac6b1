import { expect, test as it } from 'vitest';
import { aboutUsd, priceWords, quotaSentence, shortageOf, shortageWords } from './quote';
import { fitted, usual } from './settings';
import type { ImageModel } from './types';

const model = (about: Record<string, number> | undefined): ImageModel =>
  ({
    id: 'm',
    max_count: 4,
    parameters: [],
    qualities: ['medium', 'high'],
    sizes: [
      { id: 's', width: 1024, height: 1024 },
      { id: 'p', width: 512, height: 1024 },
    ],
    ...(about && { price: { about_usd_per_image: about } }),
  }) as unknown as ImageModel;

const priced = model({ s: 0.032, 's/medium': 0.032, 's/high': 0.126, p: 0.05 });

it('counts pictures, sizes and qualities', () => {
  expect(aboutUsd(priced, fitted({ ...usual, count: 2 }, priced))).toBeCloseTo(0.064);
  expect(aboutUsd(priced, fitted({ ...usual, quality: 'high' }, priced))).toBeCloseTo(0.126);
  expect(aboutUsd(priced, fitted({ ...usual, size: priced.sizes[1], quality: 'high' }, priced))).toBeCloseTo(0.05);
  expect(aboutUsd(model(undefined), fitted(usual, priced))).toBeUndefined();
});

it('what costs nothing is free, what nobody knows is not said', () => {
  const free = model({ s: 0 });
  expect(priceWords(free, fitted(usual, free))).toBe('free');
  expect(priceWords(model(undefined), fitted(usual, priced))).toBeUndefined();
  expect(priceWords(priced, fitted(usual, priced))).toContain('about ');
});

it('what is left of the plan', () => {
  expect(quotaSentence({ limit: 50, used: 50 })).toBe('50 of 50 images are used.');
  expect(quotaSentence({})).toBeUndefined();
});

it('says before the click that the plan has too few, and when it starts anew', () => {
  const usage = (remaining: number) =>
    ({
      meters: [{ meter: 'images', limit: 50, used: 50 - remaining, reserved: 0, percent: 0, remaining }],
      period: { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' },
    }) as unknown as Parameters<typeof shortageOf>[0];
  const now = Date.parse('2026-11-25T10:00:00Z');
  expect(shortageOf(usage(4), 4, now)).toBeUndefined();
  expect(shortageOf(undefined, 4, now)).toBeUndefined();
  expect(shortageOf(usage(3), 4, Date.parse('2026-12-01T00:00:01Z'))).toBeUndefined();
  const short = shortageOf(usage(3), 4, now);
  expect(short).toMatchObject({ left: 3, asked: 4 });
  const words = shortageWords(short as never);
  expect(words).toContain('3 images of your plan are left, and you ask for 4. They start anew on ');
  expect(words).toContain('2026');
  const anew = '2026-12-01T00:00:00Z';
  expect(shortageWords({ left: 1, asked: 2, anew })).toContain('1 image of your plan is left,');
  expect(shortageWords({ left: 0, asked: 1, anew })).toContain('No images of your plan are left.');
});
