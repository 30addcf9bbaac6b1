import { expect, test as it } from 'vitest';
import { endedOf, endWords } from './ends';
import type { ImageFailure, ImageFile, ImageJob } from './types';

const job = (part: Partial<ImageJob>, files = 0, failed = 0): ImageJob =>
  ({
    id: 'j',
    status: 'completed',
    input: { model: 'm', prompt: 'A fox', count: 4 },
    result: {
      files: Array.from({ length: files }, (_, index) => ({ id: `${index}`, index }) as ImageFile),
      failed: Array.from({ length: failed }, (_, index) => ({ index }) as ImageFailure),
      notes: [],
    },
    ...part,
  }) as ImageJob;

it.each<[string, ImageJob]>([
  ['A fox: 4 images are there', job({}, 4)],
  ['A fox: 1 image is there', job({}, 1)],
  ['A fox: 1 of 4 could not be made', job({}, 3, 1)],
  ['A fox: cancelled', job({ status: 'cancelled' })],
  ['A fox: cancelled, 2 images are there', job({ status: 'cancelled' }, 2)],
  ['A fox: it could not be made', job({ status: 'failed', result: null })],
])('how it ended is said: %s', (want, ended) => {
  expect(endWords(ended)).toBe(want);
});

it('only what ran has ended, and not before the server has closed it', () => {
  const at = '2026-11-25T10:00:00Z';
  const jobs = [
    job({ id: 'a', status: 'failed', finished_at: at }),
    job({ id: 'b', status: 'pending' }),
    job({ id: 'c', finished_at: at }),
    job({ id: 'd' }),
  ];
  expect(endedOf(new Set(['a', 'b', 'd']), jobs).map(({ id }) => id)).toEqual(['a']);
  expect(endedOf(new Set(), jobs)).toEqual([]);
});
