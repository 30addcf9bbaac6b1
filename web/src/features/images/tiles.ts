import type { JobEvent } from '@/shared/stream/events';
import { isRunning } from './running';
import type { ImageFailure, ImageFile, ImageJob } from './types';

/** The place of one of the pictures that were asked for. */
export type Tile =
  | { kind: 'picture'; index: number; file: ImageFile }
  | { kind: 'failed'; index: number; failure: ImageFailure }
  | { kind: 'making'; index: number };

/** The places of a job in order. What was deleted, or is not to come, has none. */
export function tilesOf(job: ImageJob, deleted: ReadonlySet<string> = new Set()): Tile[] {
  const { files, failed } = job.result ?? nothing;
  const tiles = Array.from({ length: job.input.count ?? 1 }, (_, index): Tile | undefined => {
    const file = files.find((each) => each.index === index);
    if (file) {
      return deleted.has(file.id) ? undefined : { kind: 'picture', index, file };
    }
    const failure = failed.find((each) => each.index === index);
    // Where all failed, the job says why, once.
    if (failure && job.status !== 'failed') {
      return { kind: 'failed', index, failure };
    }
    return isRunning(job) ? { kind: 'making', index } : undefined;
  });
  return tiles.filter((tile) => tile !== undefined);
}

const nothing = { files: [], failed: [], notes: [] };

interface Told {
  percent?: number;
  file?: ImageFile;
  failed?: ImageFailure;
}

/** A job after one of its events. Events may come twice. */
export function withEvent(job: ImageJob, event: JobEvent): ImageJob {
  switch (event.kind) {
    case 'start':
    case 'restart':
      return isRunning(job) ? { ...job, status: 'processing' } : job;
    case 'progress':
      return withProgress(job, event.data as Told);
    case 'done': {
      const { status } = event.data as Pick<ImageJob, 'status'>;
      return { ...job, status, progress: 100 };
    }
    case 'error':
      return { ...job, status: 'failed', error: event.problem.document };
    default:
      return job;
  }
}

function withProgress(job: ImageJob, { percent = 0, file, failed }: Told): ImageJob {
  const { result } = job;
  const before = result ?? nothing;
  return {
    ...job,
    status: isRunning(job) ? 'processing' : job.status,
    progress: Math.max(job.progress, percent),
    result: {
      ...before,
      files: placed(before.files, file),
      failed: placed(before.failed, failed),
    },
  };
}

function placed<T extends { index: number }>(list: readonly T[], one: T | undefined): T[] {
  return one === undefined
    ? [...list]
    : [...list.filter(({ index }) => index !== one.index), one].sort((a, b) => a.index - b.index);
}
