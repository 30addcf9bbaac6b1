import type { QueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { newName } from '@/shared/lib/new-name';
import { answers, type Pending } from './answers';
import { chatKeys } from './queries';
import { messagesOf, withMessages } from './thread';
import type { Conversation, Message } from './types';

/**
 * Asks for another answer beside one that is there, or for the answer to a
 * question that has none; it shows at once. Rejects with the Problem when it
 * is refused, and shows what was there again.
 */
export async function regenerate(
  client: QueryClient,
  conversation: Conversation,
  message: Message,
  model: string,
): Promise<void> {
  const questionId = message.role === 'user' ? message.id : message.parent_id;
  const pending: Pending = {
    questionId,
    answerId: newName(),
    question: null,
    parentId: questionId,
    model,
    createdAt: new Date().toISOString(),
  };
  answers.setPending(conversation.id, pending);
  try {
    const { job_id, message_id } = await answer(
      api.POST('/api/v1/conversations/{id}/messages/{message_id}/regenerate', {
        params: { path: { id: conversation.id, message_id: message.id } },
        body: { model },
      }),
    );
    answers.setName(message_id, pending.answerId);
    const begun = {
      job_id,
      message_id,
      conversation_id: conversation.id,
      user_message_id: questionId,
      model,
      provider: '',
    };
    const key = chatKeys.conversation(conversation.id);
    await client.cancelQueries({ queryKey: key });
    client.setQueryData<Conversation>(key, (old) =>
      withMessages(old ?? conversation, messagesOf(pending, begun), message_id),
    );
  } catch (error) {
    // The answer to the request may be lost, and not the request: what is stored knows.
    void client.invalidateQueries({ queryKey: chatKeys.conversation(conversation.id) });
    throw error;
  } finally {
    answers.setPending(conversation.id, undefined);
  }
  void client.invalidateQueries({ queryKey: chatKeys.lists });
}
