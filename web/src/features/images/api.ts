import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { jobsKey } from '@/shared/api/jobs';
import { followed, running } from './running';
import type { ImageJobPage, ImageRequest } from './types';

export const imageKeys = {
  models: ['images', 'models'] as const,
  /** Begins as all lists of jobs do. */
  jobs: [...jobsKey, 'images'] as const,
};

/** The models that make pictures, with what they can do and about what a picture costs. */
export const imageModelsQuery = queryOptions({
  queryKey: imageKeys.models,
  queryFn: ({ signal }) => answer(api.GET('/api/v1/images/models', { signal })),
  staleTime: 5 * 60_000,
});

const pageLength = 20;
const pollMs = 2000;

export type ImageJobs = InfiniteData<ImageJobPage, string>;

/** What was made, the newest first. Looked at again while something runs that this tab does not follow. */
export const imageJobsQuery = infiniteQueryOptions({
  queryKey: imageKeys.jobs,
  queryFn: async ({ signal, pageParam }) => {
    const query = { type: 'image', limit: pageLength, ...(pageParam && { cursor: pageParam }) };
    const page = await answer(api.GET('/api/v1/jobs', { signal, params: { query } }));
    return page as ImageJobPage; // its jobs are those of this type
  },
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor || undefined,
  refetchInterval: ({ state }) => {
    const jobs = state.data?.pages.flatMap(({ items }) => items) ?? [];
    return running(jobs).length > followed(jobs).length ? pollMs : false;
  },
});

/** Begins to make pictures. However often the same key is sent, one job begins. */
export const generate = (body: ImageRequest, idempotencyKey: string) =>
  answer(api.POST('/api/v1/images/generate', { body, params: { header: { 'Idempotency-Key': idempotencyKey } } }));

export const cancelJob = (id: string) => answer(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } }));
