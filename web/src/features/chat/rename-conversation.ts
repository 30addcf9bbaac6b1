import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { changeInLists } from './lists';
import { chatKeys } from './queries';
import type { Conversation } from './types';

/** The most letters that a title may have. */
export const longestTitle = 200;

/** Gives a conversation another title, which shows at once. */
export function useRename() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) =>
      answer(api.PATCH('/api/v1/conversations/{id}', { params: { path: { id } }, body: { title } })),
    onMutate: ({ id, title }) => {
      changeInLists(client, id, { title });
      client.setQueryData<Conversation>(chatKeys.conversation(id), (old) => old && { ...old, title });
    },
    onError: (error, { id }) => {
      toast({ title: i18n.t('The title was not saved'), description: asProblem(error).message, error: true });
      void client.invalidateQueries({ queryKey: chatKeys.lists });
      void client.invalidateQueries({ queryKey: chatKeys.conversation(id) });
    },
  });
}
