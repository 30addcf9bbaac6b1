import { useEffect, useRef, useState } from 'react';
import { i18n } from '@/shared/lib/text';
import { deliveredOf } from './cost';
import { titleOf } from './names';
import type { ImageJob } from './types';

/** Whether the server has closed it: an event says a little earlier that it ends, but not all of how. */
const isClosed = ({ finished_at: at }: ImageJob): boolean => at !== undefined;

/** Those that ran before and have ended now. */
export const endedOf = (before: ReadonlySet<string>, jobs: readonly ImageJob[]): ImageJob[] =>
  jobs.filter((job) => before.has(job.id) && isClosed(job));

/** How it ended, for those who do not see it. */
export function endWords(job: ImageJob): string {
  const title = titleOf(job);
  const count = deliveredOf(job.result);
  const failed = job.result?.failed.length ?? 0;
  if (job.status === 'failed') {
    return i18n.t('{title}: it could not be made', { title });
  }
  if (job.status === 'cancelled') {
    return count === 0
      ? i18n.t('{title}: cancelled', { title })
      : i18n.t('{title}: cancelled, {count, plural, one {# image is there} other {# images are there}}', {
          title,
          count,
        });
  }
  return failed > 0
    ? i18n.t('{title}: {failed} of {count} could not be made', { title, failed, count: job.input.count ?? 1 })
    : i18n.t('{title}: {count, plural, one {# image is there} other {# images are there}}', { title, count });
}

/** What has just ended, by whatever way this tab hears of it. The number grows with each, as equal words are to be said again. */
export function useEnds(jobs: readonly ImageJob[]): { words: string; number: number } {
  const before = useRef<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState({ words: '', number: 0 });
  useEffect(() => {
    const ended = endedOf(before.current, jobs);
    before.current = new Set(jobs.filter((job) => !isClosed(job)).map(({ id }) => id));
    if (ended.length > 0) {
      setSaid(({ number }) => ({ words: ended.map(endWords).join('. '), number: number + 1 }));
    }
  }, [jobs]);
  return said;
}
