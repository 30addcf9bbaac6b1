import { expect, test as it } from 'vitest';
import { hashOf, turnedTo } from './target';
import type { Conversation, Message } from './types';

const message = (id: string, parent: string): Message => ({
  id,
  parent_id: parent,
  role: 'user',
  content: id,
  reasoning: '',
  model: '',
  provider: '',
  job_id: '',
  status: 'completed',
  finish_reason: '',
  created_at: '2026-01-01T00:00:00Z',
});

/** a → b → c, and beside b: d → e. */
const conversation: Conversation = {
  id: 'x',
  title: '',
  title_by: 'question',
  pinned: false,
  model: '',
  settings: {},
  head_id: 'e',
  created_at: '',
  updated_at: '',
  messages: [message('a', ''), message('b', 'a'), message('c', 'b'), message('d', 'a'), message('e', 'd')],
};

it('turns to the branch that holds the message, to its end', () => {
  expect(turnedTo(conversation, 'b').head_id).toBe('c');
});

it('stays where the message is shown already, or is not there', () => {
  expect(turnedTo(conversation, 'a')).toBe(conversation);
  expect(turnedTo(conversation, 'd')).toBe(conversation);
  expect(turnedTo(conversation, 'nothing')).toBe(conversation);
  expect(turnedTo(conversation, undefined)).toBe(conversation);
});

it('has no address for a title', () => {
  expect(hashOf('')).toBeUndefined();
  expect(hashOf('1')).toBe('m-1');
});
