import type { Job } from '@/shared/api/types';

const most = 80;

/** What is known of a job that makes pictures. What a job was asked and made, the API describes in words only. */
export interface Made {
  /** The first words of the prompt. */
  title: string;
  /** How many pictures were asked for. */
  count: number;
  /** The file ids of those that are there, the first one first. */
  files: string[];
}

interface Told {
  prompt?: unknown;
  count?: unknown;
  wish?: Told;
}

/** Undefined: it makes no pictures, or does not say which. */
export function madeOf({ input, result }: Pick<Job, 'input' | 'result'>): Made | undefined {
  const told = input as Told | null | undefined;
  const { prompt, count } = told?.wish ?? told ?? {};
  if (typeof prompt !== 'string' || prompt.trim() === '') {
    return undefined;
  }
  const words = prompt.trim().replaceAll(/\s+/gu, ' ');
  const files = (result as { files?: { id: string }[] } | null | undefined)?.files ?? [];
  return {
    title: words.length > most ? `${words.slice(0, most).trimEnd()}…` : words,
    count: typeof count === 'number' ? count : 1,
    files: files.map(({ id }) => id),
  };
}

/** How many pictures came, of a job that has ended and counts them; some may have been deleted since. */
export function deliveredOf({ result }: Pick<Job, 'result'>): number | undefined {
  const { delivered } = (result as { delivered?: unknown } | null | undefined) ?? {};
  return typeof delivered === 'number' ? delivered : undefined;
}
