import type { MeterState, UsageSummary } from '../api/types';
import { formatNumber, formatUsdShort } from './format';
import { i18n } from './text';

export function meterOf(usage: UsageSummary | undefined, name: 'tokens' | 'images'): MeterState | undefined {
  return usage?.meters.find(({ meter }) => meter === name);
}

/** What is left of the period's images; what runs holds some of them. */
export function leftWords({ remaining }: Pick<MeterState, 'remaining'>): string {
  return i18n.t('{left, plural, =0 {none left this month} other {{shown} left this month}}', {
    left: remaining,
    shown: formatNumber(remaining),
  });
}

/** An estimate to the cent above; under a cent to what it takes to see something. */
export function roughly(dollars: number): string {
  const step = dollars >= 0.01 ? 100 : 10_000;
  return formatUsdShort(Math.ceil(dollars * step - 1e-6) / step);
}

/** A price before the click; what nobody pays for is free, and undefined where nobody knows. */
export function aboutWords(dollars: number | undefined): string | undefined {
  if (dollars === undefined) {
    return undefined;
  }
  return dollars === 0 ? i18n.t('free') : i18n.t('about {cost}', { cost: roughly(dollars) });
}
