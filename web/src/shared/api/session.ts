import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { answer, api } from './client';
import { signedOutProblem } from './problem';
import type { User } from './types';

export const sessionKey = ['session'] as const;

/** Whether one can register here, whether that makes the first account, and whether one is signed in. */
export const authOptionsQuery = queryOptions({
  queryKey: ['auth', 'options'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/auth/options', { signal })),
  staleTime: 60_000,
});

/** Who is signed in. Fails with status 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ client, signal }) => {
    // Asked first, because browsers write a refusal into the console, and a stranger's visit is no error.
    const options = await client.fetchQuery({ ...authOptionsQuery, staleTime: 0 });
    if (!options.signed_in) {
      throw signedOutProblem();
    }
    return answer(api.GET('/api/v1/users/me', { signal }));
  },
  staleTime: 5 * 60_000,
});

/** The signed-in user; only under the signed-in layout, whose loader has fetched it. */
export function useUser(): User {
  return useSuspenseQuery(sessionQuery).data;
}
