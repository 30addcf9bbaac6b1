import { expect, test as it } from 'vitest';
import { groupsOf } from './model-groups';

const model = (id: string, providerName: string, available: boolean) => ({
  id,
  provider_name: providerName,
  available,
});

it('those that can be asked come first, else the catalogue’s order stands', () => {
  const groups = groupsOf([
    model('a1', 'A', false),
    model('a2', 'A', false),
    model('b1', 'B', false),
    model('b2', 'B', true),
    model('b3', 'B', true),
    model('c1', 'C', true),
  ]);
  expect(groups.map(({ name, items }) => [name, items.map(({ id }) => id)])).toEqual([
    ['B', ['b2', 'b3', 'b1']],
    ['C', ['c1']],
    ['A', ['a1', 'a2']],
  ]);
});
