import { beforeEach, describe, expect, it } from 'vitest';
import { nextOf, type Standing, Waiting, type WaitingQuestion } from './waiting';

const key = 'u.chat.c';
const asked = { model: 'm', settings: {}, after: 'a1' };
const standing: Standing = { busy: false, well: true, elsewhere: () => false };

const texts = (list: readonly WaitingQuestion[]) => list.map(({ text }) => text);

beforeEach(() => {
  const stored = new Map<string, string>();
  globalThis.localStorage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  } as unknown as Storage;
});

describe('waiting questions', () => {
  it('keep their order, also for another tab; what is wanted now is first', () => {
    const waiting = new Waiting();
    waiting.add(key, { ...asked, text: 'one' });
    waiting.add(key, { ...asked, text: 'two' });
    waiting.add(key, { ...asked, text: 'at once', now: true });
    expect(texts(waiting.of(key))).toEqual(['at once', 'one', 'two']);
    expect(texts(new Waiting().of(key))).toEqual(['at once', 'one', 'two']);
  });

  it('are the same array until something changes', () => {
    const waiting = new Waiting();
    waiting.add(key, { ...asked, text: 'one' });
    expect(waiting.of(key)).toBe(waiting.of(key));
  });

  it('stay with the drafts while they are asked, and say the same again after a crash', () => {
    const waiting = new Waiting();
    waiting.add(key, { ...asked, text: 'one' });
    const id = waiting.of(key)[0]?.id ?? '';
    expect(waiting.begin(key, id, 'head 1')).toMatchObject({ text: 'one', parentId: 'head 1' });
    expect(waiting.of(key)).toEqual([]);
    expect(waiting.begin(key, id, 'head 1')).toBeUndefined();
    expect(new Waiting().begin(key, id, 'head 2')).toMatchObject({ parentId: 'head 1' });
    waiting.taken(key, id);
    expect(new Waiting().of(key)).toEqual([]);
    expect(waiting.begin(key, id, 'head 1')).toBeUndefined();
  });

  it('that were refused are held, and asked as new ones', () => {
    const waiting = new Waiting();
    waiting.add(key, { ...asked, text: 'one' });
    const id = waiting.of(key)[0]?.id ?? '';
    waiting.begin(key, id, 'head');
    waiting.refused(key, id);
    const [held] = waiting.of(key);
    expect(held).toMatchObject({ text: 'one', held: true });
    expect(held).not.toHaveProperty('parentId');
    expect(held?.id).not.toBe(id);
    expect(nextOf(waiting.of(key), standing)).toBeUndefined();
    waiting.first(key, held?.id ?? '');
    expect(nextOf(waiting.of(key), standing)).toMatchObject({ text: 'one' });
  });

  it('go along when the conversation gets its id', () => {
    const waiting = new Waiting();
    waiting.add('new', { ...asked, text: 'one' });
    waiting.move('new', key);
    expect(waiting.of('new')).toEqual([]);
    expect(texts(waiting.of(key))).toEqual(['one']);
  });
});

describe('the next question', () => {
  const one: WaitingQuestion = { ...asked, id: '1', text: 'one' };
  const now: WaitingQuestion = { ...one, now: true };

  it.each<[string, WaitingQuestion, Partial<Standing>, boolean]>([
    ['is asked after an answer that ended well', one, {}, true],
    ['waits for the answer', one, { busy: true }, false],
    ['stays when the answer did not end well', one, { well: false }, false],
    ['stays on another branch', one, { elsewhere: (id) => id === 'a1' }, false],
    ['that the person wants now waits for no good end', now, { well: false }, true],
    ['that the person wants now waits for the end', now, { busy: true, well: false }, false],
  ])('%s', (_, question, part, isAsked) => {
    expect(nextOf([question], { ...standing, ...part })).toBe(isAsked ? question : undefined);
  });
});
