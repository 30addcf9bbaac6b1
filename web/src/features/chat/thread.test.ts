import { describe, expect, test as it } from 'vitest';
import type { Pending } from './answers';
import { messagesOf, threadOf, titleOf, withChange, withMessages } from './thread';
import type { Conversation } from './types';

const pending: Pending = {
  questionId: 'local-q',
  answerId: 'local-a',
  question: 'And then?',
  parentId: 'a1',
  model: 'm',
  createdAt: '2026-01-01T00:00:00Z',
};
const beginning = {
  job_id: 'j2',
  conversation_id: 'c1',
  user_message_id: 'q2',
  message_id: 'a2',
  model: 'm-2026',
  provider: 'p',
};
const first = messagesOf(
  { ...pending, question: 'What?', parentId: '' },
  { ...beginning, user_message_id: 'q1', message_id: 'a1' },
);
const conversation: Conversation = {
  id: 'c1',
  title: 'What?',
  title_by: 'question',
  pinned: false,
  model: 'm',
  created_at: '',
  updated_at: '',
  settings: {},
  head_id: 'a1',
  messages: first,
};
const ids = (thread: ReturnType<typeof threadOf>) => thread.map(({ message }) => message.id);

describe('threadOf', () => {
  it('a new question shows before the server has it', () => {
    expect(ids(threadOf(conversation, pending))).toEqual(['q1', 'a1', 'local-q', 'local-a']);
    expect(ids(threadOf(undefined, { ...pending, parentId: '' }))).toEqual(['local-q', 'local-a']);
  });

  it('another answer shows in the place of the one before', () => {
    const thread = threadOf(conversation, { ...pending, question: null, parentId: 'q1' });
    expect(ids(thread)).toEqual(['q1', 'local-a']);
    expect(thread.at(-1)?.siblings).toEqual(['a1', 'local-a']);
  });

  it('with nothing on its way it is the branch to the head', () => {
    expect(ids(threadOf(conversation, undefined))).toEqual(['q1', 'a1']);
    expect(threadOf(undefined, undefined)).toEqual([]);
  });
});

it('messagesOf takes the server’s names when it has them', () => {
  const [question, answer] = messagesOf(pending, beginning);
  expect(question).toMatchObject({ id: 'q2', parent_id: 'a1', role: 'user', content: 'And then?' });
  expect(answer).toMatchObject({ id: 'a2', parent_id: 'q2', job_id: 'j2', model: 'm-2026', status: 'processing' });
});

it('withMessages adds what is new, replaces what is known and moves the head', () => {
  const changed = withMessages(
    conversation,
    messagesOf(pending, beginning).concat({ ...first[1], content: 'so' } as (typeof first)[0]),
    'a2',
  );
  expect(changed.head_id).toBe('a2');
  expect(changed.messages.map(({ id, content }) => [id, content])).toEqual([
    ['q1', 'What?'],
    ['a1', 'so'],
    ['q2', 'And then?'],
    ['a2', ''],
  ]);
});

it('withChange keeps every other message as it is, so that it does not render again', () => {
  const changed = withChange(conversation, 'a1', { content: 'Because.' });
  expect(changed.messages[0]).toBe(conversation.messages[0]);
  expect(changed.messages[1]?.content).toBe('Because.');
});

it.each([
  ['a short one', 'Why is the sky blue?', 'Why is the sky blue?'],
  ['only its first line', '  Mend this:\n\ncode()', 'Mend this:'],
  ['spaces become one', 'a \t  b', 'a b'],
  ['a long one ends at a word', `${'word '.repeat(20)}end`, `${'word '.repeat(15)}word…`],
  ['a long word is cut', 'x'.repeat(100), `${'x'.repeat(80)}…`],
  ['letters are not cut in two', '🌍'.repeat(100), `${'🌍'.repeat(80)}…`],
])('titleOf: %s', (_name, question, title) => {
  expect(titleOf(question)).toBe(title);
});
