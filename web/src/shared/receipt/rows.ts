import type { Receipt } from '@/shared/api/types';
import { i18n } from '@/shared/lib/text';

export interface ReceiptRow {
  label: string;
  quantity: number;
  /** US dollars for a million. */
  perMillion: number;
  cost: number;
  /** The day from which the price holds. */
  since: string;
}

/** A receipt's lines with names that people understand. Lines of nothing are left out. */
export function rowsOf(receipt: Receipt): ReceiptRow[] {
  return receipt.lines
    .filter(({ quantity }) => quantity > 0)
    .map((line) => ({
      label: labelOf(line.label, receipt.meter),
      quantity: line.quantity,
      perMillion: line.unit_price_usd_per_million,
      cost: line.cost_usd,
      since: line.effective_from,
    }));
}

function labelOf(label: string, meter: string): string {
  switch (label) {
    case 'input':
      return i18n.t('Prompt');
    case 'cache_read':
      return i18n.t('Prompt, from the cache');
    case 'cache_write':
      return i18n.t('Prompt, into the cache');
    case 'cache_write_1h':
      return i18n.t('Prompt, into the cache for an hour');
    case 'image_input':
      return i18n.t('Pictures that went along');
    case 'output':
      return meter === 'images' ? i18n.t('Pictures') : i18n.t('Answer');
    default:
      return label;
  }
}

/** What the lines add up to; of pictures also how many they are, which is what a plan counts. */
export function totalOf({ meter, quantity }: Receipt): string {
  return meter === 'images'
    ? i18n.t('{count, plural, one {Total, # picture} other {Total, # pictures}}', { count: quantity })
    : i18n.t('Total');
}

/** All tokens of the lines. */
export const tokensOf = ({ lines }: Receipt): number => lines.reduce((sum, { quantity }) => sum + quantity, 0);
