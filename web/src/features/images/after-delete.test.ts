import { expect, test as it } from 'vitest';
import { nextTo } from './after-delete';

it.each<[string, string[], string | undefined]>([
  ['the next', ['b', 'a', 'c'], 'c'],
  ['of the first', ['a', 'b'], 'b'],
  ['of the last, the one before', ['b', 'a'], 'b'],
  ['of the only one, none', ['a'], undefined],
])('what has the focus after a deletion: %s', (_, ids, want) => {
  expect(nextTo(ids, 'a')).toBe(want);
});
