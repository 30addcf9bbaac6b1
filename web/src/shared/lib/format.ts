import { i18n } from './text';

/** The person's locale for dates and numbers; undefined lets Intl ask the browser. */
const locale = undefined;

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' });

/** 12345 → 12,345 */
export function formatNumber(n: number): string {
  return whole.format(n);
}

/** 128000 → 128K */
export function formatCompact(n: number): string {
  return compact.format(n);
}

/** The API counts in whole percents. 7 → 7% */
export function formatPercent(percent: number): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(percent / 100);
}

const nanoDigits = 9;

/**
 * US dollars without rounding: money is exact to a nano-dollar, so an answer
 * for $0.000123 says so. At least two decimals are shown.
 */
export function formatUsd(dollars: number): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: nanoDigits,
  }).format(dollars);
}

const least = 0.0001;

/** US dollars at a glance: four decimals at most. The receipt has them all. */
export function formatUsdShort(dollars: number): string {
  if (dollars > 0 && dollars < least) {
    return `<${formatUsdShort(least)}`;
  }
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: 4,
  }).format(dollars);
}

export function formatDay(at: string | Date): string {
  return day.format(new Date(at));
}

export function formatMoment(at: string | Date): string {
  return moment.format(new Date(at));
}

/** 75 s → 1 min 15 s; what rounds to nothing is under a second */
export function formatDuration(seconds: number): string {
  const unit = (name: 'second' | 'minute' | 'hour', value: number) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const total = Math.max(0, Math.round(seconds));
  const parts = [
    { name: 'hour', value: Math.floor(total / 3600) },
    { name: 'minute', value: Math.floor((total % 3600) / 60) },
    { name: 'second', value: total % 60 },
  ] as const;
  const shown = parts.filter((part) => part.value > 0).slice(0, 2);
  return shown.length === 0 ? i18n.t('under a second') : shown.map((part) => unit(part.name, part.value)).join(' ');
}

const msPerDay = 86_400_000;

/** Midnight of the day, in the person's time zone. */
function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** Days from now, in words: today, tomorrow, in 6 days. */
export function formatDaysUntil(at: string | Date, now: Date = new Date()): string {
  const days = Math.round((startOfDay(new Date(at)) - startOfDay(now)) / msPerDay);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

/** The heading of the group that a date falls into: Today, Yesterday, Last 7 days, Last 30 days, or its month. */
export function dayGroup(at: string | Date, now: Date = new Date()): string {
  const date = new Date(at);
  // Rounded, because a day on which the clocks change has 23 or 25 hours.
  const days = Math.round((startOfDay(now) - startOfDay(date)) / msPerDay);
  if (days <= 0) {
    return i18n.t('Today');
  }
  if (days === 1) {
    return i18n.t('Yesterday');
  }
  if (days <= 7) {
    return i18n.t('Last 7 days');
  }
  if (days <= 30) {
    return i18n.t('Last 30 days');
  }
  return month.format(date);
}

/** A moment under the heading of its day group: the time alone where that names the day. */
export function formatUnderDay(at: string | Date, now: Date = new Date()): string {
  const date = new Date(at);
  const days = Math.round((startOfDay(now) - startOfDay(date)) / msPerDay);
  return days <= 1 ? time.format(date) : formatMoment(date);
}

/** Puts neighbours of the same day group together; the order stays. */
export function byDayGroup<T>(
  items: readonly T[],
  at: (item: T) => string,
  now: Date = new Date(),
): { name: string; items: T[] }[] {
  const groups: { name: string; items: T[] }[] = [];
  for (const item of items) {
    const name = dayGroup(at(item), now);
    const last = groups.at(-1);
    if (last?.name === name) {
      last.items.push(item);
    } else {
      groups.push({ name, items: [item] });
    }
  }
  return groups;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

/** How large a file is, as file managers count. 4194304 → 4 MB */
export function formatBytes(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes) / 10)));
  const value = bytes / 1024 ** step;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[step],
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
