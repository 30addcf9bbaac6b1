import { notifyManager, type QueryClient } from '@tanstack/react-query';
import { sessionKey } from '@/shared/api/session';
import { usageQuery } from '@/shared/api/usage';
import { answers } from './answers';
import type { AnswerState, Outcome, Owner } from './live-answer';
import { chatKeys } from './queries';
import { withChange } from './thread';
import type { Conversation, Message } from './types';

/** What becomes of a message when its answer ends. */
function changeOf(outcome: Outcome, state: AnswerState): Partial<Message> | undefined {
  const said = {
    content: state.text,
    reasoning: state.reasoning,
    ...(state.files.length > 0 && { files: [...state.files] }),
  };
  switch (outcome.kind) {
    case 'done':
      return {
        ...said,
        status: outcome.ending.status,
        finish_reason: outcome.ending.finish_reason,
        usage: outcome.ending.usage,
      };
    case 'failed':
      return { ...said, status: 'failed', error: outcome.problem.document };
    default:
      return undefined; // the stored conversation knows
  }
}

/** Where an answer belongs. */
export interface Place {
  conversationId: string;
  messageId: string;
}

/** Keeps the whole answer in the cached conversation, where it reads as any other message. */
export function settle(
  client: QueryClient,
  { conversationId, messageId }: Place,
  outcome: Outcome,
  state: AnswerState,
): void {
  const key = chatKeys.conversation(conversationId);
  const forget = () => answers.forget(messageId);
  const change = changeOf(outcome, state);
  void client.invalidateQueries({ queryKey: usageQuery.queryKey });
  if (change) {
    client.setQueryData<Conversation>(key, (old) => old && withChange(old, messageId, change));
    // After the cache has told who shows it: between the two the message would be empty.
    notifyManager.schedule(forget);
    if (outcome.kind === 'failed' || state.files.length > 0) {
      // What came was paid for: the stored message says how much. It also says how a picture was made.
      void client.invalidateQueries({ queryKey: key });
    }
  } else {
    // The stored conversation knows, and whether the person is still signed in.
    client.invalidateQueries({ queryKey: key }).finally(forget);
    void client.invalidateQueries({ queryKey: sessionKey });
  }
}

/** The owner of an answer that the server has begun and this page finds. */
export function ownerOf(client: QueryClient, place: Place): Owner {
  return {
    onBegin: () => undefined,
    onEnd: (outcome, state) => settle(client, place, outcome, state),
  };
}
