import { notifyManager, QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, test as it, vi } from 'vitest';
import { answers } from './answers';
import type { AnswerState, Outcome } from './live-answer';
import { chatKeys } from './queries';
import { settle } from './settle';
import { messagesOf } from './thread';
import type { Conversation, TokenUsage } from './types';

const place = { conversationId: 'c1', messageId: 'a1' };
const state: AnswerState = {
  text: 'Because.',
  reasoning: 'Hm.',
  files: [],
  line: 'open',
  stopping: false,
  restarted: false,
};
const usage: TokenUsage = {
  prompt_tokens: 3,
  completion_tokens: 2,
  total_tokens: 5,
  cached_tokens: 0,
  reasoning_tokens: 0,
  cost_usd: 0.000_01,
  estimated: false,
};
const problem = { type: 'urn:pulse:problem:upstream', title: 'Away', status: 502, detail: 'Away.', request_id: '' };

/** A conversation whose answer is being written, and who shows it. */
function open() {
  const messages = messagesOf(
    { questionId: 'q1', answerId: 'a1', question: 'Why?', parentId: '', model: 'm', createdAt: '' },
    { job_id: 'j1', conversation_id: 'c1', user_message_id: 'q1', message_id: 'a1', model: 'm', provider: 'p' },
  );
  const conversation: Conversation = {
    id: 'c1',
    title: 'Why?',
    title_by: 'question',
    pinned: false,
    model: 'm',
    settings: {},
    head_id: 'a1',
    created_at: '',
    updated_at: '',
    messages,
  };
  const client = new QueryClient();
  const queryKey = chatKeys.conversation('c1');
  client.setQueryData(queryKey, conversation);
  answers.open('a1', { onBegin: () => undefined, onEnd: () => undefined });
  const shown: (string | undefined)[] = [];
  const observer = new QueryObserver<Conversation>(client, { queryKey, enabled: false });
  let [, answer] = messages;
  const show = () => shown.push(answer?.status === 'processing' ? answers.of('a1') && 'the stream' : answer?.content);
  // As React's useQuery listens.
  const onChange = notifyManager.batchCalls((data: Conversation | undefined) => {
    [, answer] = data?.messages ?? [];
    show();
  });
  observer.subscribe(({ data }) => onChange(data));
  answers.subscribe(show);
  return { client, shown, answer: () => client.getQueryData<Conversation>(queryKey)?.messages[1] };
}

describe('settle', () => {
  it.each<[string, Outcome, object]>([
    [
      'a whole answer',
      { kind: 'done', ending: { status: 'completed', finish_reason: 'stop', usage } },
      { status: 'completed', finish_reason: 'stop', usage },
    ],
    [
      'a stopped one',
      { kind: 'done', ending: { status: 'cancelled', finish_reason: '', usage } },
      { status: 'cancelled', usage },
    ],
    [
      'a failed one keeps what came',
      { kind: 'failed', problem: { document: problem } as never },
      { status: 'failed', error: problem },
    ],
  ])('%s is kept in the conversation', async (_name, outcome, want) => {
    const { client, shown, answer } = open();
    settle(client, place, outcome, state);
    expect(answer()).toMatchObject({ content: 'Because.', reasoning: 'Hm.', ...want });
    await vi.waitFor(() => expect(answers.of('a1')).toBeUndefined());
    expect(new Set(shown)).toEqual(new Set(['Because.'])); // never empty in between
  });

  it('where the stream does not tell, the stored conversation is asked, and the text stays until then', async () => {
    const { client, answer } = open();
    settle(client, place, { kind: 'unknown' }, state);
    expect(answer()?.status).toBe('processing');
    expect(answers.of('a1')).toBeDefined();
    expect(client.getQueryState(chatKeys.conversation('c1'))?.isInvalidated).toBe(true);
    await vi.waitFor(() => expect(answers.of('a1')).toBeUndefined());
  });

  it('keeps the picture that an answer is', () => {
    const { client, answer } = open();
    const file = { id: 'f1', name: 'Boat.png', content_type: 'image/png', kind: 'image' as const, size: 9 };
    const ending = { finish_reason: 'stop', status: 'completed' as const, usage };
    settle(client, place, { kind: 'done', ending }, { ...state, text: '', reasoning: '', files: [file] });
    expect(answer()).toMatchObject({ status: 'completed', content: '', files: [file] });
  });
});
