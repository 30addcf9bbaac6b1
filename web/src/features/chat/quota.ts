import type { MeterState } from '@/shared/api/types';
import { formatNumber } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';

/** From so much on, the end is near. */
const nearPercent = 90;

export type QuotaState = 'plenty' | 'near' | 'gone';

/**
 * How it stands with the tokens of a period.
 * @param least what the next question takes at the very least
 */
export function quotaState({ limit, used }: Pick<MeterState, 'limit' | 'used'>, least: number): QuotaState {
  // What is held for an answer that runs mostly comes back, so it does not count here.
  const left = limit - used;
  if (left <= least) {
    return 'gone';
  }
  return used * 100 >= limit * nearPercent ? 'near' : 'plenty';
}

/** How much there is and how much is gone. */
export function quotaSentences({ meter, limit, used, reserved = 0 }: Partial<MeterState>): string[] {
  if (limit === undefined || used === undefined) {
    return [];
  }
  const numbers = { used: formatNumber(used), limit: formatNumber(limit) };
  const sentences = [
    meter === 'images'
      ? i18n.t('{used} of {limit} pictures are used.', numbers)
      : i18n.t('{used} of {limit} tokens are used.', numbers),
  ];
  if (reserved > 0) {
    sentences.push(i18n.t('{reserved} are held for answers that run.', { reserved: formatNumber(reserved) }));
  }
  return sentences;
}

/** What a person can do about it. */
export function quotaAdvice(meter: MeterState['meter'] | undefined): string {
  if (meter === 'images') {
    return i18n.t('Models that write go on answering; a larger plan has more pictures.');
  }
  return i18n.t('Shorter chats and lower limits take less; a larger plan has more.');
}
