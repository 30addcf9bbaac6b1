import type { QueryClient } from '@tanstack/react-query';
import { usageQuery } from '@/shared/api/usage';
import { type ImageJobs, imageJobsQuery, imageKeys } from './api';
import type { ImageJob } from './types';

/** Changes one of the jobs that are shown; undefined takes it out. */
export function changeJob(client: QueryClient, id: string, change: (job: ImageJob) => ImageJob | undefined): void {
  client.setQueryData<ImageJobs>(
    imageJobsQuery.queryKey,
    (old) =>
      old && {
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          items: page.items.flatMap((job) => (job.id === id ? (change(job) ?? []) : job)),
        })),
      },
  );
}

/** Those that are shown; undefined while nobody knows them. */
export function jobsIn(client: QueryClient): ImageJob[] | undefined {
  return client.getQueryData<ImageJobs>(imageJobsQuery.queryKey)?.pages.flatMap(({ items }) => items);
}

/** Shows a job that has just begun, before the others. */
export function addJob(client: QueryClient, job: ImageJob): void {
  void client.cancelQueries({ queryKey: imageKeys.jobs }); // what is under way may not know of it yet
  client.setQueryData<ImageJobs>(imageJobsQuery.queryKey, (old) => {
    const [first, ...rest] = old?.pages ?? [];
    if (!(old && first) || old.pages.some(({ items }) => items.some(({ id }) => id === job.id))) {
      return old;
    }
    return { ...old, pages: [{ ...first, items: [job, ...first.items] }, ...rest] };
  });
}

/** Asks anew for what is shown, and for what is left of the plan. */
export function lookAgain(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: imageKeys.jobs });
  void client.invalidateQueries({ queryKey: usageQuery.queryKey });
}
