import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { chatKeys } from './queries';
import type { ConversationPage, ConversationSummary } from './types';

/** A list of conversations as it is cached, page by page. */
export type Lists = InfiniteData<ConversationPage>;

/** A conversation in a cached list. */
export function summaryIn(lists: Lists | undefined, id: string): ConversationSummary | undefined {
  for (const { items } of lists?.pages ?? []) {
    const found = items.find((item) => item.id === id);
    if (found) {
      return found;
    }
  }
  return undefined;
}

function withItems(lists: Lists, change: (items: ConversationSummary[]) => ConversationSummary[]): Lists {
  return { ...lists, pages: lists.pages.map((page) => ({ ...page, items: change(page.items) })) };
}

/** Shows a change of a conversation in every list that has it. */
export function changeInLists(client: QueryClient, id: string, change: Partial<ConversationSummary>): void {
  client.setQueriesData<Lists>(
    { queryKey: chatKeys.lists },
    (old) => old && withItems(old, (items) => items.map((item) => (item.id === id ? { ...item, ...change } : item))),
  );
}

/** The list without a conversation. */
export function without(lists: Lists, id: string): Lists {
  return withItems(lists, (items) => items.filter((item) => item.id !== id));
}

/** The list with a conversation in its place, the last used first; where that is not loaded yet, it comes with the rest. */
export function withInPlace(lists: Lists, conversation: ConversationSummary): Lists {
  const at = Date.parse(conversation.updated_at);
  let placed = false;
  const pages = without(lists, conversation.id).pages.map((page) => {
    if (placed) {
      return page;
    }
    const before = page.items.findIndex(({ updated_at }) => Date.parse(updated_at) < at);
    if (before === -1 && page.next_cursor) {
      return page;
    }
    placed = true;
    return { ...page, items: page.items.toSpliced(before === -1 ? page.items.length : before, 0, conversation) };
  });
  return { ...lists, pages };
}
