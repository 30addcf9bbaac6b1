import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useUser } from '@/shared/api/session';
import { generate } from './api';
import { addJob, jobsIn, lookAgain } from './cache';
import type { ImageJob, ImageRequest } from './types';
import { isOpen, unanswered } from './unanswered';

/** What is on its way to the server, the newest first, as jobs that nobody has given an id yet. */
let pending: readonly ImageJob[] = [];
/** What a job was called on the screen before the server named it. */
const names = new Map<string, string>();
const listeners = new Set<() => void>();

function change(next: readonly ImageJob[]): void {
  pending = next;
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Those of this tab that the server has not taken yet. */
export function usePending(): readonly ImageJob[] {
  return useSyncExternalStore(subscribe, () => pending);
}

/** Whether the server has not taken it yet. */
export const isPending = ({ id }: Pick<ImageJob, 'id'>): boolean => pending.some((job) => job.id === id);

/** The name by which a job keeps its place on the screen. */
export const nameOf = (id: string): string => names.get(id) ?? id;

/** What is about to be made is drafted under this key. */
export const draftOf = (userId: string): string => `${userId}.images`;

/**
 * Shows the pictures' places at once and asks for them. Rejects with the
 * Problem of a refusal; they are gone then. The same request again begins one
 * job, also where the answer to the first was lost.
 */
async function create(client: QueryClient, draft: string, request: ImageRequest): Promise<string> {
  const key = unanswered.begin(draft, request, jobsIn(client));
  const job: ImageJob = {
    id: key,
    type: 'image',
    status: 'pending',
    progress: 0,
    provider: '',
    model: request.model,
    subject_id: '',
    attempt: 1,
    created_at: new Date().toISOString(),
    input: request,
    result: null,
  };
  change([job, ...pending]);
  try {
    const { job_id: id } = await generate(request, key);
    unanswered.settle(draft, key);
    names.set(id, key);
    addJob(client, { ...job, id });
    return id;
  } catch (refusal) {
    if (isOpen(refusal)) {
      unanswered.leave(key);
    } else {
      unanswered.settle(draft, key);
    }
    throw refusal;
  } finally {
    change(pending.filter((each) => each !== job));
    lookAgain(client);
  }
}

export function useCreate(): (request: ImageRequest) => Promise<string> {
  const client = useQueryClient();
  const draft = draftOf(useUser().id);
  return (request) => create(client, draft, request);
}
