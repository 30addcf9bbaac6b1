import type { QueryClient } from '@tanstack/react-query';
import { newName } from '@/shared/lib/new-name';
import { answers, type Pending } from './answers';
import { chatKeys } from './queries';
import { settle } from './settle';
import { cancelJob } from './stop';
import { messagesOf, titleOf, withMessages } from './thread';
import type { Ask, Beginning, ChatSettings, Conversation } from './types';
import type { Written } from './waiting';

export interface Question extends Written {
  /** Where it is shown: a conversation's id, or the name of one that is to be. */
  thread: string;
  conversation: Conversation | undefined;
  /** The message that it follows; empty: none. */
  parentId: string;
  model: string;
  settings: ChatSettings;
  /** The model answers with a picture. */
  picture?: boolean;
  /** By which the server knows the request again; one that was sent before keeps its own. */
  idempotencyKey?: string;
  /** It may come while an answer that has ended here is not at its end on the server. */
  patient?: boolean;
}

/** A question as the server takes it, to be asked or to be counted. */
export function bodyOf({
  text,
  files = [],
  model,
  settings,
  conversation,
  parentId,
  patient = false,
}: Omit<Question, 'thread'>): Ask {
  return {
    model,
    messages: [{ role: 'user', content: text, ...(files.length > 0 && { files: files.map(({ id }) => id) }) }],
    ...settings,
    ...(patient && { if_running: 'wait' }),
    ...(conversation && { conversation_id: conversation.id, parent_id: parentId }),
  };
}

/**
 * Shows a question at once and asks it. Resolves when the server has taken it,
 * and the answer comes. Rejects when it was not: with the Problem of the
 * refusal, or with an AbortError when the person stopped it before; then the
 * question is on the screen no more.
 *
 * However often the line breaks, one question starts one job.
 */
export function ask(client: QueryClient, question: Question): Promise<Beginning> {
  const { thread, parentId, text, files = [], model, idempotencyKey = newName() } = question;
  const pending: Pending = {
    questionId: newName(),
    answerId: newName(),
    question: text,
    files,
    parentId,
    model,
    createdAt: new Date().toISOString(),
  };
  const body = bodyOf(question);
  answers.setPending(thread, pending);

  return new Promise((resolve, reject) => {
    let beginning: Beginning | undefined;
    const live = answers.open(pending.answerId, {
      onBegin: (begun) => {
        if (beginning) {
          return; // after a crash it begins again, with the same messages
        }
        beginning = begun;
        if (live.snapshot().stopping) {
          void cancelJob(live, begun.job_id);
        }
        take(client, question, pending, begun);
        answers.closeUnlessHeld(pending.answerId);
        resolve(begun);
      },
      onEnd: (outcome, state) => {
        if (!beginning) {
          return;
        }
        const { conversation_id: conversationId, message_id: messageId } = beginning;
        settle(client, { conversationId, messageId }, outcome, state);
      },
    });
    const path = '/api/v1/chat/stream';
    live.run({ ask: { path, body, idempotencyKey } }).catch((refusal: unknown) => {
      answers.forget(pending.answerId);
      answers.setPending(thread, undefined);
      reject(refusal);
    });
  });
}

/** Puts what the server has stored into the cache, so that the page need not ask for it. */
function take(client: QueryClient, question: Question, pending: Pending, beginning: Beginning): void {
  const { conversation_id: id, user_message_id: questionId, message_id: answerId } = beginning;
  answers.setName(questionId, pending.questionId);
  answers.setName(answerId, pending.answerId);
  const messages = messagesOf(pending, beginning);
  const key = chatKeys.conversation(id);
  void client.cancelQueries({ queryKey: key }); // what is under way does not know of this yet
  if (question.conversation) {
    client.setQueryData<Conversation>(key, (old) =>
      withMessages(
        {
          ...(old ?? (question.conversation as Conversation)),
          model: question.model,
          settings: { ...(question.picture && question.conversation?.settings), ...question.settings },
        },
        messages,
        answerId,
      ),
    );
    answers.setPending(question.thread, undefined);
  } else {
    answers.setName(id, question.thread);
    client.setQueryData<Conversation>(key, {
      id,
      title: titleOf(question.text.trim() || (question.files?.[0]?.name ?? '')),
      title_by: 'question',
      pinned: false,
      model: question.model,
      settings: question.settings,
      head_id: answerId,
      messages,
      created_at: pending.createdAt,
      updated_at: pending.createdAt,
    });
  }
  void client.invalidateQueries({ queryKey: chatKeys.lists });
}
