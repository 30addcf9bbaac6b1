import type { QueryClient } from '@tanstack/react-query';
import { answers } from './answers';
import { type Lists, summaryIn } from './lists';
import { chatKeys } from './queries';
import type { Conversation, ConversationSummary } from './types';

interface Change {
  kind: string;
  id: string;
}

/** How long a question that is just being asked is waited for, in milliseconds. */
const whileAsking = 500;

/** Asks anew for all conversations that are shown, and for the others when they are. */
export function lookAgainAtAll(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: chatKeys.lists });
  void client.invalidateQueries({ queryKey: chatKeys.conversations });
}

/**
 * As above, where all has just been asked for: a tree only when the lists say
 * that it has changed since, and not by what this tab asks meanwhile.
 */
export function lookAgainAtFirst(client: QueryClient): void {
  const trees = client.getQueriesData<Conversation>({ queryKey: chatKeys.conversations });
  void client.invalidateQueries({ queryKey: chatKeys.lists }).then(() => {
    for (const [queryKey, cached] of trees) {
      const summary = cached && summaryOf(client, cached.id);
      const untouched = cached === client.getQueryData(queryKey) && !answers.pendingIn(cached?.id ?? '');
      if (summary && untouched && summary.updated_at !== cached.updated_at) {
        void client.invalidateQueries({ queryKey });
      }
    }
  });
}

/**
 * Asks anew for the conversations that have changed. What this tab has done
 * itself, it has on the screen already: of an answer that it is reading, or has
 * read to its end, the lists are enough, and they know the title.
 */
export function lookAgain(client: QueryClient, changes: readonly Change[]): void {
  const conversations = changes.filter(({ kind }) => kind === 'conversation');
  if (conversations.length === 0) {
    return;
  }
  const jobs = changes.filter(({ kind }) => kind === 'job');
  for (const change of conversations) {
    lookAgainAt(client, change, jobs);
  }
  void client.invalidateQueries({ queryKey: chatKeys.lists }).then(() => {
    for (const { id } of conversations) {
      takeSummary(client, id);
    }
  });
}

function lookAgainAt(client: QueryClient, change: Change, jobs: readonly Change[]): void {
  const queryKey = chatKeys.conversation(change.id);
  const cached = client.getQueryData<Conversation>(queryKey);
  if (answers.pendingIn(change.id)) {
    // What this tab asks is about to be known here; whatever else has changed is seen then.
    setTimeout(() => lookAgainAt(client, change, jobs), whileAsking);
  } else if (!(cached && knows(cached, jobs))) {
    void client.invalidateQueries({ queryKey });
  }
}

/** Whether one of the jobs is an answer that this tab reads or has read. */
function knows({ messages }: Conversation, jobs: readonly Change[]): boolean {
  return messages.some(
    ({ id, job_id, status }) =>
      jobs.some((job) => job.id === job_id) && (status !== 'processing' || answers.of(id) !== undefined),
  );
}

function summaryOf(client: QueryClient, id: string): ConversationSummary | undefined {
  return client
    .getQueriesData<Lists>({ queryKey: chatKeys.lists })
    .map(([, lists]) => summaryIn(lists, id))
    .find((found) => found !== undefined);
}

/** The lists are smaller than a tree, and come first. */
function takeSummary(client: QueryClient, id: string): void {
  const summary = summaryOf(client, id);
  if (!summary) {
    return;
  }
  const { title, pinned, title_by } = summary;
  client.setQueryData<Conversation>(
    chatKeys.conversation(id),
    (old) => old && (old.title === title && old.pinned === pinned ? old : { ...old, title, pinned, title_by }),
  );
}
