import { useLocation, useNavigate } from '@tanstack/react-router';
import { branchTo, leafOf } from './tree';
import type { Conversation } from './types';

const prefix = 'm-';

/** The end of an address that leads to a message: `/chat/{id}#m-{message id}`. */
export function hashOf(messageId: string | undefined): string | undefined {
  return messageId ? prefix + messageId : undefined;
}

export interface Target {
  /** The message that the address names. */
  id: string | undefined;
  /** Changes with every visit, also to the same message again. */
  visit: string;
  /** Turns to something else: the address names no message any more. */
  leave: () => void;
}

export function useTarget(): Target {
  const hash = useLocation({ select: (location) => location.hash });
  const visit = useLocation({ select: (location) => location.state.__TSR_key ?? '' });
  const navigate = useNavigate();
  const id = hash.startsWith(prefix) ? hash.slice(prefix.length) : undefined;
  return {
    id,
    visit,
    leave: () => {
      if (id !== undefined) {
        void navigate({ to: '.', hash: '', replace: true });
      }
    },
  };
}

/**
 * The conversation on the branch that holds the message; looking at it writes
 * nothing, so the server's head stays.
 */
export function turnedTo<T extends Conversation | undefined>(conversation: T, messageId: string | undefined): T {
  if (!conversation || messageId === undefined) {
    return conversation;
  }
  const { messages, head_id: head } = conversation;
  if (
    !messages.some(({ id }) => id === messageId) ||
    branchTo(messages, head).some(({ message }) => message.id === messageId)
  ) {
    return conversation;
  }
  return { ...conversation, head_id: leafOf(messages, messageId) };
}
