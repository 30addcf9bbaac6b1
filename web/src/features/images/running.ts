import type { ImageJob } from './types';

/** How many jobs a tab follows at once: a browser opens only six lines to a server, and the page needs some. */
const mostLines = 2;

export const isRunning = ({ status }: Pick<ImageJob, 'status'>): boolean =>
  status === 'pending' || status === 'processing';

export const running = (jobs: readonly ImageJob[]): ImageJob[] => jobs.filter(isRunning);

/** Those of the running ones that are followed by their events: the oldest, which end first. */
export const followed = (jobs: readonly ImageJob[]): ImageJob[] => running(jobs).slice(-mostLines);
