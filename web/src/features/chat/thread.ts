import type { Pending } from './answers';
import { branchTo, type Turn } from './tree';
import type { Beginning, Conversation, Message } from './types';

const none: Message[] = [];

/**
 * What a conversation shows: the branch to its head, and after it what was
 * just asked, as if the server had it already.
 */
export function threadOf(conversation: Conversation | undefined, pending: Pending | undefined): Turn[] {
  const messages = conversation?.messages ?? none;
  if (!pending) {
    return branchTo(messages, conversation?.head_id ?? '');
  }
  return branchTo([...messages, ...messagesOf(pending)], pending.answerId);
}

/** The messages that the server is about to store; with their ids once it has. */
export function messagesOf(pending: Pending, beginning?: Beginning): Message[] {
  const common = { reasoning: '', finish_reason: '', created_at: pending.createdAt };
  const questionId = beginning?.user_message_id ?? pending.questionId;
  const answer: Message = {
    ...common,
    id: beginning?.message_id ?? pending.answerId,
    parent_id: pending.question === null ? pending.parentId : questionId,
    role: 'assistant',
    content: '',
    model: beginning?.model ?? pending.model,
    provider: beginning?.provider ?? '',
    job_id: beginning?.job_id ?? '',
    status: 'processing',
  };
  if (pending.question === null) {
    return [answer];
  }
  const question: Message = {
    ...common,
    id: questionId,
    parent_id: pending.parentId,
    role: 'user',
    content: pending.question,
    model: '',
    provider: '',
    job_id: '',
    status: 'completed',
    ...(pending.files?.length && { files: [...pending.files] }),
  };
  return [question, answer];
}

/** The conversation with messages added, or in the place of those with the same ids, and another head. */
export function withMessages(conversation: Conversation, messages: readonly Message[], head: string): Conversation {
  const fresh = new Map(messages.map((message) => [message.id, message]));
  const kept = conversation.messages.map((message) => {
    const newer = fresh.get(message.id);
    fresh.delete(message.id);
    return newer ?? message;
  });
  return { ...conversation, head_id: head, messages: [...kept, ...fresh.values()] };
}

/** The conversation with one message changed; itself where there is no such message. */
export function withChange(conversation: Conversation, id: string, change: Partial<Message>): Conversation {
  const messages = conversation.messages.map((message) => (message.id === id ? { ...message, ...change } : message));
  return { ...conversation, messages };
}

/** The most letters of a title. */
const titleLength = 80;

/** The first line of a first question, as the server makes a title of it. */
export function titleOf(question: string): string {
  const line = question.trim().split('\n', 1)[0]?.replace(/\s+/gu, ' ') ?? '';
  const letters = [...line];
  if (letters.length <= titleLength) {
    return line;
  }
  const cut = letters.slice(0, titleLength).join('');
  const space = cut.lastIndexOf(' ');
  return `${space > titleLength / 2 ? cut.slice(0, space) : cut}…`;
}
