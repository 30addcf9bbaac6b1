import { queryOptions, useQuery } from '@tanstack/react-query';
import { answer, api } from './client';

/** The models that this server can ask, with their names and prices. */
export const modelsQuery = queryOptions({
  queryKey: ['chat', 'models'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/chat/models', { signal })),
  staleTime: 5 * 60_000,
});

/** What a model is called; one that the server does not list any more is called by its id. */
export function useModelName(id: string): string {
  const { data } = useQuery(modelsQuery);
  return data?.items.find((model) => model.id === id)?.name ?? id;
}
