import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import type { ConversationPage } from './types';

/** The cache keys of this feature. */
export const chatKeys = {
  /** All lists, those of searches too. */
  lists: ['chat', 'conversations'] as const,
  pinned: (pinned: boolean) => ['chat', 'conversations', pinned ? 'pinned' : 'others'] as const,
  search: (words: string) => ['chat', 'conversations', 'search', words] as const,
  conversations: ['chat', 'conversation'] as const,
  conversation: (id: string) => ['chat', 'conversation', id] as const,
};

const pageLength = 40;

/** The pinned conversations, or the others; the last used first. */
export const conversationsQuery = (pinned: boolean) =>
  infiniteQueryOptions({
    queryKey: chatKeys.pinned(pinned),
    queryFn: ({ pageParam, signal }): Promise<ConversationPage> =>
      answer(
        api.GET('/api/v1/conversations', {
          params: { query: { limit: pageLength, pinned, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  });

/** Conversations whose title or text has these words, the last used first. What was found before is kept meanwhile. */
export const searchQuery = (words: string) =>
  infiniteQueryOptions({
    queryKey: chatKeys.search(words),
    queryFn: ({ pageParam, signal }): Promise<ConversationPage> =>
      answer(
        api.GET('/api/v1/conversations', {
          params: { query: { limit: pageLength, q: words, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: keepPreviousData,
    enabled: words !== '',
    gcTime: 60_000, // a change asks anew only for what is shown, and nobody types the same words again
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: chatKeys.conversation(id),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/conversations/{id}', { params: { path: { id } }, signal })),
  });
