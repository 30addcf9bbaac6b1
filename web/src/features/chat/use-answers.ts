import { useCallback, useSyncExternalStore } from 'react';
import { answers, type Pending } from './answers';
import { type AnswerState, type LiveAnswer, nothingYet } from './live-answer';

/** What is on its way in a conversation. */
export function usePending(thread: string): Pending | undefined {
  return useSyncExternalStore(answers.subscribe, () => answers.pendingIn(thread));
}

/** The thread that a page shows: a conversation's id, or that of the next new one. */
export function useThread(conversationId: string | undefined): string {
  const newThread = useSyncExternalStore(answers.subscribe, () => answers.newThread);
  return conversationId ?? newThread;
}

const noSubscription = () => () => undefined;
const noSnapshot = () => nothingYet;

/** What has come of an answer; renders again with every flush. */
export function useAnswerState(messageId: string): AnswerState {
  const live = useSyncExternalStore(answers.subscribe, () => answers.of(messageId));
  return useSyncExternalStore(live?.subscribe ?? noSubscription, live?.snapshot ?? noSnapshot);
}

/** One thing about an answer; renders again only when that changes. */
export function useAnswerPart<T>(messageId: string | undefined, part: (state: AnswerState) => T): T {
  const live = useSyncExternalStore(answers.subscribe, () => liveOf(messageId));
  const snapshot = useCallback(() => part(live?.snapshot() ?? nothingYet), [live, part]);
  return useSyncExternalStore(live?.subscribe ?? noSubscription, snapshot);
}

function liveOf(messageId: string | undefined): LiveAnswer | undefined {
  return messageId === undefined ? undefined : answers.of(messageId);
}
