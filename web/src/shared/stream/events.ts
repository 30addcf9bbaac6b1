import { type Problem, problemFrom } from '@/shared/api/problem';

/** What an event stream says about a job, in the order in which it was said. */
export type JobEvent =
  | { kind: 'start'; data: unknown }
  /** The job begins anew after a crash: forget all text so far. */
  | { kind: 'restart'; data: unknown }
  | { kind: 'text'; text: string }
  | { kind: 'reasoning'; text: string }
  | { kind: 'progress'; data: Progress }
  | { kind: 'done'; data: unknown }
  | { kind: 'error'; problem: Problem };

export interface Progress {
  status: string;
  percent: number;
  eta_seconds?: number;
}

/** Whether a job says nothing more after this event. */
export function isLast(event: JobEvent): boolean {
  return event.kind === 'done' || event.kind === 'error';
}

/**
 * Reads one SSE message. Null for an event that this page does not know: a
 * newer server may say more than an older page understands.
 *
 * Throws a SyntaxError for data that is not JSON.
 */
export function readEvent(name: string | undefined, data: string): JobEvent | null {
  switch (name) {
    case 'start':
    case 'restart':
    case 'done':
      return { kind: name, data: JSON.parse(data) };
    case 'progress':
      return { kind: name, data: JSON.parse(data) };
    case 'error':
      return { kind: name, problem: problemFrom(JSON.parse(data), { status: 0 }) };
    case 'delta': {
      const piece: { text?: string; reasoning?: string } = JSON.parse(data);
      if (piece.text !== undefined) {
        return { kind: 'text', text: piece.text };
      }
      if (piece.reasoning !== undefined) {
        return { kind: 'reasoning', text: piece.reasoning };
      }
      return null;
    }
    default:
      return null;
  }
}
