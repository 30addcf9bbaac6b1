import type { QueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { chatKeys } from './queries';
import { leafOf } from './tree';
import type { Conversation } from './types';

/** Shows the branch that a message is on, here at once and from now on everywhere. */
export async function showBranch(client: QueryClient, conversation: Conversation, messageId: string): Promise<void> {
  const key = chatKeys.conversation(conversation.id);
  const head = leafOf(conversation.messages, messageId);
  const show = (headId: string) => client.setQueryData<Conversation>(key, (old) => old && { ...old, head_id: headId });
  show(head);
  try {
    await answer(
      api.PATCH('/api/v1/conversations/{id}', {
        params: { path: { id: conversation.id } },
        body: { head_id: head },
      }),
    );
  } catch (error) {
    show(conversation.head_id);
    toast({ title: i18n.t('The other answer could not be shown'), description: asProblem(error).message, error: true });
  }
}
