import type { MeterState, UsageSummary } from '@/shared/api/types';
import { formatDay, formatDaysUntil, formatNumber, formatUsdShort } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import type { Fitted } from './settings';
import type { ImageModel } from './types';

/** About what the pictures cost, without the prompt; undefined where nobody knows. */
export function aboutUsd(model: ImageModel, { count, size, quality }: Fitted): number | undefined {
  const each = model.price?.about_usd_per_image ?? {};
  const one = each[`${size?.id}/${quality}`] ?? each[size?.id ?? ''];
  return one === undefined ? undefined : one * count;
}

export function imagesOf(usage: UsageSummary | undefined): MeterState | undefined {
  return usage?.meters.find(({ meter }) => meter === 'images');
}

/** An estimate to the cent; under a cent to what it takes to see something. */
export function roughly(dollars: number): string {
  const step = dollars >= 0.01 ? 100 : 10_000;
  return formatUsdShort(Math.ceil(dollars * step - 1e-6) / step);
}

/** The price before the click; what nobody pays for is free. */
export function priceWords(model: ImageModel, fit: Fitted): string | undefined {
  const dollars = aboutUsd(model, fit);
  if (dollars === undefined) {
    return undefined;
  }
  return dollars === 0 ? i18n.t('free') : i18n.t('about {cost}', { cost: roughly(dollars) });
}

/** What the plan has left is less than is asked for. */
export interface Shortage {
  left: number;
  asked: number;
  /** When the plan starts anew. */
  anew: string;
}

/** Whether a plan has less left than is asked for; of a period that is over nobody knows yet. */
export function shortageOf(usage: UsageSummary | undefined, asked: number, now = Date.now()): Shortage | undefined {
  const meter = imagesOf(usage);
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

/** What is left of the plan's pictures; what runs holds some of them. */
export function leftWords({ remaining }: MeterState): string {
  return i18n.t('{left, plural, =0 {none left this month} other {{shown} left this month}}', {
    left: remaining,
    shown: formatNumber(remaining),
  });
}

/** How much there is and how much is gone, as a refusal says it. */
export function quotaSentence({ limit, used }: Partial<Pick<MeterState, 'limit' | 'used'>>): string | undefined {
  return limit === undefined || used === undefined
    ? undefined
    : i18n.t('{used} of {limit} images are used.', { used: formatNumber(used), limit: formatNumber(limit) });
}
