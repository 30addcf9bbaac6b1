import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';

/** Quota moves with every answer, so it is asked for anew whenever it is looked at. */
export const usageQuery = queryOptions({
  queryKey: ['account', 'usage'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/users/me/usage', { signal })),
  staleTime: 0,
});
