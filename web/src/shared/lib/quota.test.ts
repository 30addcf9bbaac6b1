import { expect, test as it } from 'vitest';
import { leftWords, roughly } from './quota';

it('never says less than it is', () => {
  expect(roughly(0.064)).toContain('0.07');
  expect(roughly(0.07)).toContain('0.07');
  expect(roughly(0.1 + 0.2)).toContain('0.30');
  expect(roughly(0.0003)).toContain('0.0003');
});

it.each([
  [0, 'none left this month'],
  [1, '1 left this month'],
  [1488, '1,488 left this month'],
])('%i pictures remain: %s', (remaining, words) => {
  expect(leftWords({ remaining })).toBe(words);
});
