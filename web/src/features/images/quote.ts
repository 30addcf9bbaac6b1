import type { MeterState, UsageSummary } from '@/shared/api/types';
import { formatDay, formatDaysUntil, formatNumber } from '@/shared/lib/format';
import { aboutWords, meterOf } from '@/shared/lib/quota';
import { i18n } from '@/shared/lib/text';
import type { Fitted } from './settings';
import type { ImageModel } from './types';

/** About what the pictures cost, without the prompt; undefined where nobody knows. */
export function aboutUsd(model: ImageModel, { count, size, quality }: Fitted): number | undefined {
  const each = model.price?.about_usd_per_image ?? {};
  const one = each[`${size?.id}/${quality}`] ?? each[size?.id ?? ''];
  return one === undefined ? undefined : one * count;
}

/** The price before the click. */
export const priceWords = (model: ImageModel, fit: Fitted): string | undefined => aboutWords(aboutUsd(model, fit));

/** What the plan has left is less than is asked for. */
export interface Shortage {
  left: number;
  asked: number;
  /** When the plan starts anew. */
  anew: string;
}

/** Whether a plan has less left than is asked for; of a period that is over nobody knows yet. */
export function shortageOf(usage: UsageSummary | undefined, asked: number, now = Date.now()): Shortage | undefined {
  const meter = meterOf(usage, 'images');
  if (!(usage && meter) || meter.remaining >= asked || Date.parse(usage.period.end) <= now) {
    return undefined;
  }
  return { left: Math.max(0, meter.remaining), asked, anew: usage.period.end };
}

/** Why the click would be refused, and when it would not be. */
export function shortageWords({ left, asked, anew }: Shortage): string {
  const words = { day: formatDay(anew), when: formatDaysUntil(anew) };
  return left === 0
    ? i18n.t('No images of your plan are left. They start anew on {day}, {when}.', words)
    : i18n.t(
        '{left, plural, one {# image of your plan is left} other {# images of your plan are left}}, and you ask for {asked}. They start anew on {day}, {when}.',
        { ...words, left, asked },
      );
}

/** How much there is and how much is gone, as a refusal says it. */
export function quotaSentence({ limit, used }: Partial<Pick<MeterState, 'limit' | 'used'>>): string | undefined {
  return limit === undefined || used === undefined
    ? undefined
    : i18n.t('{used} of {limit} images are used.', { used: formatNumber(used), limit: formatNumber(limit) });
}
