import { expect, test as it } from 'vitest';
import { beganAt, settingsSearch } from './search';

it('takes what it knows and drops the rest', () => {
  expect(settingsSearch({ do: 'delete', problem: 'not_asked', return_to: '/settings/data', else: 1 })).toEqual({
    do: 'delete',
    problem: 'not_asked',
    return_to: '/settings/data',
  });
  expect(settingsSearch({ do: 'everything', problem: '<b>', return_to: 7 })).toEqual({});
});

it.each([
  ['/settings/data?do=delete', '/settings/data'],
  ['/settings/keys', '/settings/keys'],
  ['/settings', undefined],
  ['/settings/database', undefined],
  ['//elsewhere/settings/keys', undefined],
  [undefined, undefined],
])('a way from %s', (path, part) => {
  expect(beganAt({ return_to: path })).toBe(part);
});
