import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';

/** Whether one can register here, and whether that makes the first account. */
export const authOptionsQuery = queryOptions({
  queryKey: ['auth', 'options'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/auth/options', { signal })),
  staleTime: 60_000,
});
