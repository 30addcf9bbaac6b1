import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useDeleted } from '@/shared/lib/delete-later';
import type { ViewedPicture } from '@/shared/ui/picture-viewer';
import { imageJobsQuery } from './api';
import { titleOf } from './names';
import { usePending } from './pending';
import { isRunning } from './running';
import { tilesOf } from './tiles';
import type { ImageFile, ImageJob } from './types';

/** A picture with what it was made with. */
export interface Made {
  job: ImageJob;
  file: ImageFile;
}

const none: readonly ImageJob[] = [];

/**
 * What is shown: what the server has, without what is about to be deleted, and
 * before it what is on its way there. A picture that is asked for by its
 * address is looked for on older pages.
 */
export function useGallery(shown: string | undefined) {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery(imageJobsQuery);
  const deleted = useDeleted();
  const pending = usePending();
  const known = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? none, [data]);
  const jobs = useMemo(
    () => (data ? [...pending, ...known.filter((job) => isShown(job, deleted))] : undefined),
    [data, pending, known, deleted],
  );
  const made = useMemo(
    () =>
      (jobs ?? none).flatMap((job): Made[] =>
        tilesOf(job, deleted).flatMap((tile) => (tile.kind === 'picture' ? { job, file: tile.file } : [])),
      ),
    [jobs, deleted],
  );
  const found = made.some(({ file }) => file.id === shown);
  const looking = shown !== undefined && !found && (data === undefined || hasNextPage) && !isError;
  useEffect(() => {
    if (looking && data !== undefined && !isFetching) {
      void fetchNextPage();
    }
  }, [looking, data, isFetching, fetchNextPage]);
  return {
    jobs,
    known,
    /** On its way to the server. */
    pending,
    deleted,
    made,
    /** It may be on an older page. */
    looking,
    /** Is there to be shown; what is just being deleted makes way by itself. */
    isThere: found || known.some(({ result }) => result?.files.some(({ id }) => id === shown)),
    /** Nobody knows whether there is more. */
    isError,
    pictures: useMemo(
      () =>
        made.map(
          ({ job, file }): ViewedPicture => ({
            id: file.id,
            alt: titleOf(job, file),
            width: file.width,
            height: file.height,
          }),
        ),
      [made],
    ),
  };
}

/** A job of which every picture was deleted has nothing to show. */
function isShown(job: ImageJob, deleted: ReadonlySet<string>): boolean {
  return !deleted.has(job.id) && (isRunning(job) || job.status !== 'completed' || tilesOf(job, deleted).length > 0);
}
