import type { MeterState, UsageSummary } from '@/shared/api/types';
import { formatNumber, formatUsdShort } from '@/shared/lib/format';
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
    : i18n.t('{used} of {limit} pictures are used.', { used: formatNumber(used), limit: formatNumber(limit) });
}
