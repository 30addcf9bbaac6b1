import { infiniteQueryOptions, type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { jobsKey } from '@/shared/api/jobs';
import type { JobStatus } from '@/shared/api/types';

export const jobKeys = {
  all: jobsKey,
  list: (status: JobStatus | undefined) => [...jobKeys.all, 'list', status ?? 'any'] as const,
};

const pageSize = 20;
const pollMs = 2000;

export const running = (status: JobStatus) => status === 'pending' || status === 'processing';

/** The newest first. While one of them runs, the list is looked at again. */
export function jobsQuery(status: JobStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: jobKeys.list(status),
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET('/api/v1/jobs', {
          signal,
          params: { query: { limit: pageSize, ...(pageParam && { cursor: pageParam }), ...(status && { status }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((job) => running(job.status))) ? pollMs : false,
  });
}

/** A change to a job, after which the lists that are shown are asked for anew. */
function useJobMutation(mutationFn: (id: string) => Promise<unknown>) {
  const queryClient = useQueryClient();
  const queryKey: QueryKey = jobKeys.all;
  return useMutation({ mutationFn, onSettled: () => queryClient.invalidateQueries({ queryKey }) });
}

export const useCancelJob = () =>
  useJobMutation((id) => answer(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })));

export const useRetryJob = () =>
  useJobMutation((id) => answer(api.POST('/api/v1/jobs/{id}/retry', { params: { path: { id } } })));

export const useDeleteJob = () =>
  useJobMutation((id) => answer(api.DELETE('/api/v1/jobs/{id}', { params: { path: { id } } })));
