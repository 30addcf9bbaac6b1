import { problemFrom } from '@/shared/api/problem';
import { secondMs } from './clock';
import type { ImageJob } from './types';

/** Whether the vendor declined the words, as it would again. */
export const isBlocked = (kind: string): boolean => kind === 'provider_blocked';

/** Seconds until what failed may be tried again, where the vendor says how long to wait. */
export function waitOf({ error, finished_at: at }: Pick<ImageJob, 'error' | 'finished_at'>, now: number): number {
  const { retry_after_seconds: wait = 0 } = problemFrom(error, { status: 0 }).document;
  const since = at === undefined ? 0 : (now - Date.parse(at)) / secondMs;
  // Never longer than it was told, also where the clocks disagree.
  return Math.min(wait, Math.max(0, Math.ceil(wait - since)));
}
