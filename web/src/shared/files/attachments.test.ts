import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { Problem } from '@/shared/api/problem';
import type { AttachedFile } from '@/shared/api/types';
import type { Prepared } from './attachment-prepare';
import { Attachments, mostFiles } from './attachments';

const draft = 'u1.chat.new';

function storage() {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => held.set(key, value),
    removeItem: (key: string) => held.delete(key),
  };
}

beforeEach(() => {
  vi.stubGlobal('localStorage', storage());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

interface Upload {
  name: string;
  signal: AbortSignal;
  progress: (fraction: number) => void;
  end: (file?: AttachedFile) => void;
  fail: (error: unknown) => void;
}

const stored = (name: string): AttachedFile => ({
  id: `id of ${name}`,
  name,
  content_type: 'text/plain',
  kind: 'text',
  size: 3,
});
const text = (name: string) => new File(['abc'], name, { type: 'text/plain' });

/** A store whose uploads the test ends. */
function aStore(prepare = (file: File): Promise<Prepared> => Promise.resolve({ file, picture: false, scaled: false })) {
  const uploads: Upload[] = [];
  const discard = vi.fn();
  const store = new Attachments({
    prepare,
    upload: ({ name }, progress, signal) =>
      new Promise((resolve, reject) => {
        uploads.push({ name, signal, progress, end: (file = stored(name)) => resolve(file), fail: reject });
      }),
    discard,
  });
  const states = () => store.of(draft).map(({ state }) => state);
  return { store, uploads, discard, states };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

it('uploads three at once, tells how far they are, and announces each', async () => {
  const { store, uploads, states } = aStore();
  store.add(draft, ['a', 'b', 'c', 'd'].map(text));
  await settled();
  expect(states()).toEqual(['uploading', 'uploading', 'uploading', 'waiting']);
  uploads[0]?.progress(0.456);
  expect(store.of(draft)[0]?.fraction).toBe(0.45);
  uploads[0]?.end();
  await settled();
  expect(states()).toEqual(['ready', 'uploading', 'uploading', 'uploading']);
  expect(store.said(draft)).toContain('a');
  expect(uploads.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
});

it('what the server has outlives the page, what it has not does not', async () => {
  const { store, uploads } = aStore();
  store.add(draft, ['a', 'b'].map(text));
  await settled();
  uploads[0]?.end();
  await settled();
  const next = aStore().store;
  expect(next.of(draft).map(({ name, state }) => [name, state])).toEqual([['a', 'ready']]);
  expect(next.take(draft)).toEqual([stored('a')]);
  expect(aStore().store.of(draft)).toEqual([]);
});

it('what is under way when a new conversation gets its id arrives there', async () => {
  const { store, uploads } = aStore();
  store.add(draft, ['a', 'b'].map(text));
  await settled();
  uploads[0]?.end();
  await settled();
  store.move(draft, 'u1.chat.7');
  store.add(draft, [text('of the next one')]);
  uploads[1]?.progress(0.5);
  uploads[1]?.end();
  await settled();
  expect(store.of('u1.chat.7').map(({ name, state }) => [name, state])).toEqual([
    ['a', 'ready'],
    ['b', 'ready'],
  ]);
  expect(store.of(draft).map(({ name }) => name)).toEqual(['of the next one']);
  expect(aStore().store.of('u1.chat.7')).toHaveLength(2);
});

it('a cancelled upload ends and makes room; what arrives all the same is discarded', async () => {
  const { store, uploads, discard } = aStore();
  store.add(draft, ['a', 'b', 'c', 'd'].map(text));
  await settled();
  store.remove(draft, store.of(draft)[0]?.key ?? '');
  expect(uploads[0]?.signal.aborted).toBe(true);
  uploads[0]?.end();
  await settled();
  expect(discard).toHaveBeenCalledExactlyOnceWith('id of a');
  expect(store.of(draft).map(({ name }) => name)).toEqual(['b', 'c', 'd']);
  expect(uploads).toHaveLength(4);
});

it('one that failed says why and can be tried again', async () => {
  const { store, uploads, states } = aStore();
  store.add(draft, [text('a')]);
  await settled();
  const problem = new Problem({ type: '', title: '', status: 503, detail: 'Not now.', request_id: '' });
  uploads[0]?.fail(problem);
  await settled();
  expect(store.of(draft)[0]).toMatchObject({ state: 'failed', problem });
  expect(store.said(draft)).toContain('Not now.');
  store.retry(draft, store.of(draft)[0]?.key ?? '');
  await settled();
  uploads[1]?.end();
  await settled();
  expect(states()).toEqual(['ready']);
});

it('what cannot be attached is not uploaded', async () => {
  const refusal = new Problem({ type: '', title: '', status: 422, detail: 'No.', request_id: '' });
  const { store, uploads, states } = aStore(() => Promise.reject(refusal));
  store.add(draft, [text('a.zip')]);
  await settled();
  expect(states()).toEqual(['failed']);
  expect(uploads).toEqual([]);
});

it('more than go with a question are left out', () => {
  const { store } = aStore();
  const many = Array.from({ length: mostFiles + 2 }, (_, i) => text(`${i}`));
  expect(store.add(draft, many)).toBe(2);
  expect(store.add(draft, [text('more')])).toBe(1);
  expect(store.of(draft)).toHaveLength(mostFiles);
});

it('a question that was refused gets its files back, once and in front', async () => {
  const { store, uploads } = aStore();
  store.add(draft, [text('a')]);
  await settled();
  uploads[0]?.end();
  await settled();
  const files = store.take(draft);
  store.add(draft, [text('b')]);
  store.giveBack(draft, files);
  store.giveBack(draft, files);
  expect(store.of(draft).map(({ name }) => name)).toEqual(['a', 'b']);
});

it('the files of a message are kept, also when they are taken out of its edit', () => {
  const { store, discard } = aStore();
  store.begin(draft, ['a', 'b'].map(stored));
  store.remove(draft, store.of(draft)[0]?.key ?? '');
  expect(discard).not.toHaveBeenCalled();
  const later = aStore().store;
  later.begin(draft, ['a', 'b'].map(stored));
  expect(later.of(draft).map(({ name }) => name)).toEqual(['b']);
  later.remove(draft, later.of(draft)[0]?.key ?? '');
  later.begin(draft, ['a', 'b'].map(stored));
  expect(later.of(draft)).toEqual([]);
  later.drop(draft);
  later.begin(draft, ['a', 'b'].map(stored));
  expect(later.of(draft)).toHaveLength(2);
});

it('what belongs to something else goes along once, and is not deleted when it is taken out', () => {
  const { store, discard } = aStore();
  store.include(draft, ['a', 'b'].map(stored));
  store.include(draft, [stored('a')]);
  expect(store.of(draft).map(({ name }) => name)).toEqual(['a', 'b']);
  const later = aStore().store; // after a reload
  expect(later.of(draft).map(({ kept }) => kept)).toEqual([true, true]);
  store.remove(draft, store.of(draft)[0]?.key ?? '');
  store.drop(draft);
  expect(discard).not.toHaveBeenCalled();
});
