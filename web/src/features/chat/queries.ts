import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';

/** The cache keys of this feature. */
export const chatKeys = {
  lists: ['chat', 'conversations'] as const,
  list: (search: string) => ['chat', 'conversations', search] as const,
  conversation: (id: string) => ['chat', 'conversation', id] as const,
};

const pageLength = 40;

/** Conversations whose title contains the search, the last used first. */
export const conversationsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: chatKeys.list(search),
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/v1/conversations', {
          params: {
            query: { limit: pageLength, ...(pageParam && { cursor: pageParam }), ...(search && { q: search }) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: keepPreviousData,
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: chatKeys.conversation(id),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/conversations/{id}', { params: { path: { id } }, signal })),
  });
