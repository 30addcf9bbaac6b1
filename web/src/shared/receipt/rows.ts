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
      label: labelOf(line.label),
      quantity: line.quantity,
      perMillion: line.unit_price_usd_per_million,
      cost: line.cost_usd,
      since: line.effective_from,
    }));
}

function labelOf(label: string): string {
  switch (label) {
    case 'input':
      return i18n.t('Prompt');
    case 'cache_read':
      return i18n.t('Prompt, from the cache');
    case 'cache_write':
      return i18n.t('Prompt, into the cache');
    case 'cache_write_1h':
      return i18n.t('Prompt, into the cache for an hour');
    case 'output':
      return i18n.t('Answer');
    default:
      return label;
  }
}
