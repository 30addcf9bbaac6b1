import { formatUsdShort } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import type { ImageJob, ImageResult } from './types';

/** How many pictures came, also those that were deleted since: what was paid was paid for all of them. */
export const deliveredOf = (result: ImageResult | null): number =>
  Math.max(result?.delivered ?? 0, result?.files.length ?? 0); // the server says it at the end

/** What it took; undefined where nobody knows yet, and where nothing came for nothing. */
export function costWords({ cost_usd: dollars, result }: Pick<ImageJob, 'cost_usd' | 'result'>): string | undefined {
  if (dollars === undefined || (dollars === 0 && deliveredOf(result) === 0)) {
    return undefined;
  }
  return dollars === 0 ? i18n.t('free') : formatUsdShort(dollars);
}
