import { i18n } from '@/shared/lib/text';

const steps = [
  { unit: 'minute', seconds: 60 },
  { unit: 'hour', seconds: 3600 },
  { unit: 'day', seconds: 86_400 },
  { unit: 'month', seconds: 30 * 86_400 },
  { unit: 'year', seconds: 365 * 86_400 },
] as const;

const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** How long ago, at a glance: just now, 5 minutes ago, yesterday, last month. Clocks may differ: the future is now. */
export function ago(at: string | Date, now: Date = new Date()): string {
  const seconds = (now.getTime() - new Date(at).getTime()) / 1000;
  const step = steps.findLast((each) => seconds >= each.seconds);
  return step === undefined ? i18n.t('just now') : words.format(-Math.floor(seconds / step.seconds), step.unit);
}
