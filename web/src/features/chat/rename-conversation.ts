import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import type { ConversationSummary } from '@/shared/api/types';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { chatKeys } from './queries';
import type { Conversation } from './types';

type Lists = InfiniteData<{ items: ConversationSummary[]; next_cursor?: string }>;

/** Gives a conversation another title, which shows at once. */
export function useRename() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) =>
      answer(api.PATCH('/api/v1/conversations/{id}', { params: { path: { id } }, body: { title } })),
    onMutate: ({ id, title }) => showTitle(client, id, title),
    onError: (error) => {
      toast({ title: i18n.t('The title was not saved'), description: asProblem(error).message, error: true });
    },
    onSettled: (_data, error, { id }) => {
      if (error) {
        void client.invalidateQueries({ queryKey: chatKeys.lists });
        void client.invalidateQueries({ queryKey: chatKeys.conversation(id) });
      }
    },
  });
}

function showTitle(client: QueryClient, id: string, title: string): void {
  client.setQueryData<Conversation>(chatKeys.conversation(id), (old) => old && { ...old, title });
  client.setQueriesData<Lists>(
    { queryKey: chatKeys.lists },
    (old) =>
      old && {
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          items: page.items.map((item) => (item.id === id ? { ...item, title } : item)),
        })),
      },
  );
}
