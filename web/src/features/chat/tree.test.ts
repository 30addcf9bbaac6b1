import { describe, expect, test as it } from 'vitest';
import { branchTo, leafOf } from './tree';
import type { Message } from './types';

/** "q1", "a1<q1": a message and what it follows. */
function messages(...names: string[]): Message[] {
  return names.map((name) => {
    const [id = '', parent = ''] = name.split('<');
    return {
      id,
      parent_id: parent,
      role: id.startsWith('q') ? 'user' : 'assistant',
      content: id,
      reasoning: '',
      model: '',
      provider: '',
      job_id: '',
      status: 'completed',
      finish_reason: '',
      created_at: '',
    };
  });
}

const tree = messages('q1', 'a1<q1', 'a2<q1', 'q2<a1', 'a3<q2', 'q3<a2', 'q4<a2', 'a4<q4');

describe('branchTo', () => {
  it.each([
    ['a leaf', 'a3', ['q1', 'a1', 'q2', 'a3']],
    ['another leaf', 'a4', ['q1', 'a2', 'q4', 'a4']],
    ['a message in the middle', 'a2', ['q1', 'a2']],
    ['a head that is not there', 'gone', ['q1', 'a2', 'q4', 'a4']],
  ])('%s', (_name, head, want) => {
    expect(branchTo(tree, head).map(({ message }) => message.id)).toEqual(want);
  });

  it('names the siblings by time', () => {
    expect(branchTo(tree, 'a4').map(({ siblings }) => siblings)).toEqual([['q1'], ['a1', 'a2'], ['q3', 'q4'], ['a4']]);
  });

  it('an empty conversation is an empty branch', () => {
    expect(branchTo([], 'a1')).toEqual([]);
  });

  it('parents in a circle end', () => {
    expect(branchTo(messages('q1<a1', 'a1<q1'), 'a1')).toHaveLength(2);
  });
});

describe('leafOf', () => {
  it.each([
    ['a1', 'a3'],
    ['a2', 'a4'],
    ['q3', 'q3'],
    ['a4', 'a4'],
  ])('under %s the newest is %s', (id, want) => {
    expect(leafOf(tree, id)).toBe(want);
  });
});
