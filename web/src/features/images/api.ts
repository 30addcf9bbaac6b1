import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { jobsKey } from '@/shared/api/jobs';
import { offlineProblem, problemOf } from '@/shared/api/problem';
import { reportUnreachable } from '@/shared/lib/connection';
import { followed, running } from './running';
import type { Begun, ImageJobPage, ImageModels, ImageRequest } from './types';

export const imageKeys = {
  models: ['images', 'models'] as const,
  /** Begins as all lists of jobs do. */
  jobs: [...jobsKey, 'images'] as const,
};

/** The models that make pictures, with what they can do and about what a picture costs. */
export const imageModelsQuery = queryOptions({
  queryKey: imageKeys.models,
  queryFn: ({ signal }) => request<ImageModels>('GET', '/api/v1/images/models', { signal }),
  staleTime: 5 * 60_000,
});

const pageLength = 20;
const pollMs = 2000;

export type ImageJobs = InfiniteData<ImageJobPage, string>;

/** What was made, the newest first. Looked at again while something runs that this tab does not follow. */
export const imageJobsQuery = infiniteQueryOptions({
  queryKey: imageKeys.jobs,
  queryFn: ({ signal, pageParam }) => {
    const query = new URLSearchParams({
      type: 'image',
      limit: String(pageLength),
      ...(pageParam && { cursor: pageParam }),
    });
    return request<ImageJobPage>('GET', `/api/v1/jobs?${query}`, { signal });
  },
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor || undefined,
  refetchInterval: ({ state }) => {
    const jobs = state.data?.pages.flatMap(({ items }) => items) ?? [];
    return running(jobs).length > followed(jobs).length ? pollMs : false;
  },
});

/** Begins to make pictures. However often the same key is sent, one job begins. */
export const generate = (body: ImageRequest, idempotencyKey: string): Promise<Begun> =>
  request('POST', '/api/v1/images/generate', { body, headers: { 'Idempotency-Key': idempotencyKey } });

export const cancelJob = (id: string): Promise<unknown> =>
  request('POST', `/api/v1/jobs/${encodeURIComponent(id)}/cancel`);

/** An address of a file that needs no session, for a day. */
export const linkTo = (fileId: string): Promise<{ url: string; expires_at: string }> =>
  request('POST', `/api/v1/files/${encodeURIComponent(fileId)}/link`);

interface Options {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

async function request<T>(method: string, path: string, { body, headers = {}, signal }: Options = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    reportUnreachable();
    throw offlineProblem(error);
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  return response.json();
}
