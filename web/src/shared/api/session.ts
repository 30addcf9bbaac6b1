import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { answer, api } from './client';
import type { User } from './types';

export const sessionKey = ['session'] as const;

/** Who is signed in. Fails with status 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => answer(api.GET('/api/v1/users/me', { signal })),
  staleTime: 5 * 60_000,
});

/** The signed-in user; only under the signed-in layout, whose loader has fetched it. */
export function useUser(): User {
  return useSuspenseQuery(sessionQuery).data;
}
