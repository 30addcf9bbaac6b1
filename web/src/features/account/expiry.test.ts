import { expect, test as it } from 'vitest';
import { dayInput, expiresAt } from './expiry';

const now = new Date(2026, 10, 25, 12, 0, 0);

it.each([
  ['30', '', new Date(2026, 11, 25, 12, 0, 0)],
  ['365', '', new Date(2027, 10, 25, 12, 0, 0)],
  ['never', '2020-01-01', null],
  ['date', '2027-02-28', new Date(2027, 1, 28, 23, 59, 59)],
  ['date', '2026-11-25', new Date(2026, 10, 25, 23, 59, 59)], // today is still to end
  ['date', '2026-11-24', undefined],
  ['date', '', undefined],
] as const)('%s %s', (expiry, day, end) => {
  expect(expiresAt(expiry, day, now)).toEqual(end);
});

it('writes a day as the input wants it', () => {
  expect(dayInput(new Date(2027, 0, 5))).toBe('2027-01-05');
});
