import type { Problem } from '@/shared/api/problem';
import type { Message } from './types';

const second = 1000;

/** Whether the vendor declined the words, as it would again. */
export function isDeclined({ kind }: Problem): boolean {
  return kind === 'provider_blocked';
}

/**
 * Seconds until a failed answer may be asked for again, where somebody says how
 * long to wait. It is counted from the question: what is to wait long is not
 * tried for long before.
 */
export function waitOf(problem: Problem, { created_at: at }: Pick<Message, 'created_at'>, now: number): number {
  const { retry_after_seconds: wait = 0 } = problem.document;
  // Never longer than it was told, also where the clocks disagree.
  return Math.min(wait, Math.max(0, Math.ceil(wait - (now - Date.parse(at)) / second)));
}
