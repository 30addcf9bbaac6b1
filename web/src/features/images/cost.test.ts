import { expect, test as it } from 'vitest';
import { costWords, deliveredOf } from './cost';
import type { ImageFile, ImageResult } from './types';

const result = (files: number, delivered?: number): ImageResult => ({
  files: Array.from({ length: files }, (_, index) => ({ id: `${index}`, index }) as ImageFile),
  failed: [],
  notes: [],
  ...(delivered !== undefined && { delivered }),
});

it('what was deleted was paid for too', () => {
  expect(deliveredOf(result(1, 2))).toBe(2);
  expect(deliveredOf(result(1))).toBe(1);
  expect(deliveredOf(result(1, 0))).toBe(1); // it runs still
  expect(deliveredOf(null)).toBe(0);
});

it('what costs nothing is free, before as after', () => {
  expect(costWords({ cost_usd: 0, result: result(1, 1) })).toBe('free');
  expect(costWords({ cost_usd: 0, result: result(0, 0) })).toBeUndefined(); // nothing came
  expect(costWords({ result: null })).toBeUndefined();
  expect(costWords({ cost_usd: 0.04, result: result(1, 1) })).toContain('0.04');
});
