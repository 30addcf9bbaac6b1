import { expect, test as it } from 'vitest';
import { type Lists, summaryIn, withInPlace, without } from './lists';
import type { ConversationSummary } from './types';

function summary(id: string, day: number): ConversationSummary {
  const at = `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;
  return { id, title: id, model: 'm', pinned: false, title_by: 'question', created_at: at, updated_at: at };
}

function lists(...pages: ConversationSummary[][]): Lists {
  return {
    pageParams: pages.map(String),
    pages: pages.map((items, index) => ({ items, ...(index < pages.length - 1 && { next_cursor: 'more' }) })),
  };
}

const ids = (of: Lists) => of.pages.map(({ items }) => items.map(({ id }) => id));

it('finds a conversation on any page', () => {
  const all = lists([summary('a', 9)], [summary('b', 8)]);
  expect(summaryIn(all, 'b')?.id).toBe('b');
  expect(summaryIn(all, 'c')).toBeUndefined();
  expect(summaryIn(undefined, 'c')).toBeUndefined();
});

it('puts a conversation where the time of its last use puts it', () => {
  const all = lists([summary('a', 9), summary('b', 7)], [summary('c', 5)]);
  expect(ids(withInPlace(all, summary('x', 10)))).toEqual([['x', 'a', 'b'], ['c']]);
  expect(ids(withInPlace(all, summary('x', 8)))).toEqual([['a', 'x', 'b'], ['c']]);
  expect(ids(withInPlace(all, summary('x', 6)))).toEqual([
    ['a', 'b'],
    ['x', 'c'],
  ]);
  expect(ids(withInPlace(all, summary('x', 1)))).toEqual([
    ['a', 'b'],
    ['c', 'x'],
  ]);
});

it('leaves what belongs to a page that is not loaded to that page', () => {
  const all: Lists = { pageParams: [''], pages: [{ items: [summary('a', 9)], next_cursor: 'more' }] };
  expect(ids(withInPlace(all, summary('x', 1)))).toEqual([['a']]);
});

it('has a conversation once', () => {
  const all = lists([summary('a', 9), summary('b', 7)]);
  expect(ids(withInPlace(all, summary('b', 10)))).toEqual([['b', 'a']]);
  expect(ids(without(all, 'a'))).toEqual([['b']]);
});
