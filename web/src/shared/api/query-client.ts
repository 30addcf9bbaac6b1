import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { asProblem, Problem } from './problem';

const mostRetries = 2;
const unauthenticated = 401;

/**
 * The cache of server state.
 * @param onSignedOut is called when the server says that the session is over.
 */
export function newQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof Problem && error.status === unauthenticated) {
      onSignedOut();
    }
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.meta?.mayBeSignedOut !== true) {
          onError(error);
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < mostRetries && asProblem(error).retryable,
      },
      mutations: { retry: false },
    },
  });
}
