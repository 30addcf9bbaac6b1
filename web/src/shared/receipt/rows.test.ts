import { expect, test as it } from 'vitest';
import { rowsOf, tokensOf, totalOf } from './rows';

it('rowsOf names the lines and leaves out those of nothing', () => {
  const line = { unit_price_usd_per_million: 2.5, cost_usd: 0.0025, effective_from: '2026-01-01' };
  const rows = rowsOf({
    meter: 'tokens',
    quantity: 1100,
    cost_usd: 0.005,
    estimated: false,
    provider: 'p',
    model: 'm',
    created_at: '',
    lines: [
      { label: 'input', quantity: 1000, ...line },
      { label: 'cache_read', quantity: 0, ...line },
      { label: 'cache_write_1h', quantity: 10, ...line },
      { label: 'output', quantity: 90, ...line },
      { label: 'audio', quantity: 1, ...line },
    ],
  });
  expect(rows.map(({ label, quantity }) => [label, quantity])).toEqual([
    ['Prompt', 1000],
    ['Prompt, into the cache for an hour', 10],
    ['Answer', 90],
    ['audio', 1],
  ]);
  expect(rows[0]).toMatchObject({ perMillion: 2.5, cost: 0.0025, since: '2026-01-01' });
});

it('a receipt of pictures counts them, and their tokens line by line', () => {
  const line = { unit_price_usd_per_million: 30, cost_usd: 0.03, effective_from: '2026-01-01' };
  const receipt = {
    meter: 'images',
    quantity: 2,
    cost_usd: 0.06,
    estimated: false,
    provider: 'p',
    model: 'm',
    created_at: '',
    lines: [
      { label: 'image_input', quantity: 100, ...line },
      { label: 'output', quantity: 2112, ...line },
    ],
  };
  expect(rowsOf(receipt).map(({ label }) => label)).toEqual(['Pictures that went along', 'Pictures']);
  expect(totalOf(receipt)).toBe('Total, 2 pictures');
  expect(totalOf({ ...receipt, meter: 'tokens' })).toBe('Total');
  expect(tokensOf(receipt)).toBe(2212);
});
