import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { changeInLists, type Lists, withInPlace, without } from './lists';
import { chatKeys } from './queries';
import type { Conversation, ConversationSummary } from './types';

interface Pinning {
  conversation: ConversationSummary;
  pinned: boolean;
}

/** Keeps a conversation at the top of the list, or no longer; shows at once. */
export function usePin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ conversation: { id }, pinned }: Pinning) =>
      answer(api.PATCH('/api/v1/conversations/{id}', { params: { path: { id } }, body: { pinned } })),
    onMutate: async ({ conversation, pinned }) => {
      await client.cancelQueries({ queryKey: chatKeys.lists }); // what is under way does not know of this yet
      show(client, conversation, pinned);
    },
    onError: (error, { conversation, pinned }) => {
      show(client, conversation, !pinned);
      const { title } = conversation;
      toast({
        title: pinned ? i18n.t('“{title}” was not pinned', { title }) : i18n.t('“{title}” was not unpinned', { title }),
        description: asProblem(error).message,
        error: true,
      });
    },
    onSettled: () => client.invalidateQueries({ queryKey: chatKeys.lists }),
  });
}

function show(client: QueryClient, conversation: ConversationSummary, pinned: boolean): void {
  const { id } = conversation;
  const { created_at, model, title, title_by, updated_at } = conversation; // it may be a whole one
  const summary: ConversationSummary = { id, created_at, model, title, title_by, updated_at, pinned };
  client.setQueryData<Lists>(chatKeys.pinned(pinned), (old) => old && withInPlace(old, summary));
  client.setQueryData<Lists>(chatKeys.pinned(!pinned), (old) => old && without(old, id));
  changeInLists(client, id, { pinned });
  client.setQueryData<Conversation>(chatKeys.conversation(id), (old) => old && { ...old, pinned });
}
