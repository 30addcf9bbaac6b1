import { describe, expect, test as it } from 'vitest';
import {
  byDayGroup,
  dayGroup,
  formatCompact,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUnderDay,
  formatUsd,
  formatUsdShort,
} from './format';

// The test's locale is the machine's; what is compared here reads the same in all that CI knows (en, C, POSIX).

describe('numbers', () => {
  it.each<[string, string]>([
    [formatNumber(12_345.6), '12,346'],
    [formatCompact(128_000), '128K'],
    [formatPercent(7), '7%'],
    [formatUsd(0), '$0.00'],
    [formatUsd(12.5), '$12.50'],
    [formatUsd(0.000_000_001), '$0.000000001'],
    [formatUsdShort(0), '$0.00'],
    [formatUsdShort(0.000_099), '<$0.0001'],
    [formatUsdShort(0.012_345), '$0.0123'],
    [formatDuration(0.4), 'under a second'],
    [formatDuration(75.4), '1 min 15 sec'],
    [formatDuration(3601), '1 hr 1 sec'],
    [formatDuration(7325), '2 hr 2 min'],
    [formatDuration(-3), 'under a second'],
  ])('%s', (shown, want) => {
    expect(shown).toBe(want);
  });
});

describe('dayGroup', () => {
  const now = new Date(2026, 2, 31, 0, 30); // just after midnight
  const daysAgo = (days: number, hour = 12) => new Date(2026, 2, 31 - days, hour);
  it.each<[string, Date, string]>([
    ['a minute ago', new Date(2026, 2, 31, 0, 29), 'Today'],
    ['a clock that is ahead', daysAgo(-1), 'Today'],
    ['an hour ago, on the day before', daysAgo(1, 23), 'Yesterday'],
    ['early on the day before', daysAgo(1, 0), 'Yesterday'],
    ['two days ago', daysAgo(2, 23), 'Last 7 days'],
    ['a week ago', daysAgo(7, 0), 'Last 7 days'],
    ['eight days ago, before the clocks changed in many places', daysAgo(8, 23), 'Last 30 days'],
    ['thirty days ago', daysAgo(30, 0), 'Last 30 days'],
    ['longer ago', new Date(2026, 0, 5), 'January 2026'],
    ['last year', new Date(2025, 0, 5), 'January 2025'],
  ])('%s', (_name, at, want) => {
    expect(dayGroup(at, now)).toBe(want);
  });

  it('under the heading of a day only the time is said', () => {
    expect(formatUnderDay(daysAgo(0, 0), now)).not.toContain('2026');
    expect(formatUnderDay(daysAgo(1, 9), now)).not.toContain('2026');
    expect(formatUnderDay(daysAgo(1, 9), now)).toContain('9:00');
    expect(formatUnderDay(daysAgo(2), now)).toContain('2026');
  });

  it('neighbours of a group stand together, in their order', () => {
    const items = [daysAgo(0, 0), daysAgo(1), daysAgo(1, 9), daysAgo(40)].map((at) => at.toISOString());
    const groups = byDayGroup(items, (at) => at, now);
    expect(groups.map(({ name, items: { length } }) => `${name} ${length}`)).toEqual([
      'Today 1',
      'Yesterday 2',
      'February 2026 1',
    ]);
    expect(groups.flatMap((group) => group.items)).toEqual(items);
  });
});
