import { i18n } from '@/shared/lib/text';

export const expiries = ['30', '90', '365', 'never', 'date'] as const;
export type Expiry = (typeof expiries)[number];

export function expiryName(expiry: Expiry): string {
  switch (expiry) {
    case '30':
    case '90':
      return i18n.t('In {days} days', { days: Number(expiry) });
    case '365':
      return i18n.t('In a year');
    case 'never':
      return i18n.t('Never');
    default:
      return i18n.t('On a date');
  }
}

const isDay = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/u;

/** The last moment of a day as an `<input type="date">` writes it, where the person is; undefined: it is none. */
function endOfDay(day: string): Date | undefined {
  const { year, month, day: date } = isDay.exec(day)?.groups ?? {};
  return year === undefined ? undefined : new Date(Number(year), Number(month) - 1, Number(date), 23, 59, 59);
}

/** When a key ends: null is never, undefined that no day in the future is chosen. */
export function expiresAt(expiry: Expiry, day: string, now: Date = new Date()): Date | null | undefined {
  if (expiry === 'never') {
    return null;
  }
  if (expiry === 'date') {
    const end = endOfDay(day);
    return end !== undefined && end > now ? end : undefined;
  }
  const end = new Date(now);
  end.setDate(end.getDate() + Number(expiry));
  return end;
}

/** A day as an `<input type="date">` takes it. */
export function dayInput(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
