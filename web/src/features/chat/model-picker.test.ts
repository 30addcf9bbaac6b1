import { expect, test as it } from 'vitest';
import { modelGroups } from './model-picker';
import type { Model } from './types';

it('those that make pictures stand by themselves, after those that write', () => {
  const model = (id: string, providerName: string, more: Partial<Model> = {}) =>
    ({ id, provider_name: providerName, available: true, ...more }) as Model;
  const picture = { width: 1, height: 1 };
  const groups = modelGroups([model('a', 'A'), model('b', 'B'), model('pa', 'A', { picture }), model('demo', 'Demo')]);
  expect(groups.map(({ name, items }) => [name, ...items.map(({ id }) => id)])).toEqual([
    ['A', 'a'],
    ['B', 'b'],
    ['A · pictures', 'pa'],
    ['Demo', 'demo'],
  ]);
});
