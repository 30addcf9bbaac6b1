import { QueryClient } from '@tanstack/react-query';
import { expect, test as it } from 'vitest';
import { lookAgain, lookAgainAtFirst } from './look-again';
import { chatKeys } from './queries';
import type { Conversation, Message } from './types';

const answered = (jobId: string, status: string): Message => ({
  id: `of ${jobId}`,
  parent_id: '',
  role: 'assistant',
  content: '',
  reasoning: '',
  model: '',
  provider: '',
  job_id: jobId,
  status,
  finish_reason: '',
  created_at: '',
});

/** Whether the cached conversation x is asked for anew after the hints. */
function asksAnew(messages: Message[], ...hints: { kind: string; id: string }[]): boolean {
  const client = new QueryClient();
  const queryKey = chatKeys.conversation('x');
  client.setQueryData<Conversation>(queryKey, {
    id: 'x',
    title: 'X',
    title_by: 'question',
    pinned: false,
    model: '',
    settings: {},
    head_id: '',
    created_at: '',
    updated_at: '',
    messages,
  });
  lookAgain(client, hints);
  return client.getQueryState(queryKey)?.isInvalidated === true;
}

const conversation = (id: string) => ({ kind: 'conversation', id });
const job = (id: string) => ({ kind: 'job', id });

it('asks anew for what another tab or device has changed', () => {
  expect(asksAnew([], conversation('x'))).toBe(true);
  expect(asksAnew([answered('1', 'completed')], conversation('x'), job('2'))).toBe(true);
});

it('does not ask for what this tab has seen to its end', () => {
  expect(asksAnew([answered('1', 'completed')], conversation('x'), job('1'))).toBe(false);
});

it('asks for an answer that runs and that it does not read', () => {
  expect(asksAnew([answered('1', 'processing')], conversation('x'), job('1'))).toBe(true);
});

it('asks for no others', () => {
  expect(asksAnew([], conversation('y'))).toBe(false);
  expect(asksAnew([], job('1'))).toBe(false);
});

/** Whether a tree of the time that was shown is asked for anew after a first look at lists that say another. */
async function asksAtFirst(shown: string, listed: string, meanwhile?: (client: QueryClient) => void): Promise<boolean> {
  const client = new QueryClient();
  const queryKey = chatKeys.conversation('x');
  const summary = { id: 'x', title: 'X', title_by: 'question' as const, pinned: false, model: '', created_at: '' };
  client.setQueryData<Conversation>(queryKey, {
    ...summary,
    settings: {},
    head_id: '',
    updated_at: shown,
    messages: [],
  });
  client.setQueryData([...chatKeys.lists, 'all'], {
    pages: [{ items: [{ ...summary, updated_at: listed }] }],
    pageParams: [''],
  });
  lookAgainAtFirst(client);
  meanwhile?.(client);
  await new Promise((resolve) => {
    setTimeout(resolve);
  });
  return client.getQueryState(queryKey)?.isInvalidated === true;
}

it('asks at first only for what has changed since it was asked for', async () => {
  expect(await asksAtFirst('1', '1')).toBe(false);
  expect(await asksAtFirst('1', '2')).toBe(true);
});

it('does not ask at first for what this tab has gone on with meanwhile', async () => {
  const goesOn = (client: QueryClient) => {
    client.setQueryData<Conversation>(chatKeys.conversation('x'), (old) => old && { ...old, head_id: 'new' });
  };
  expect(await asksAtFirst('1', '2', goesOn)).toBe(false);
});
