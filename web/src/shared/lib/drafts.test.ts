import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { drafts, ownDrafts } from './drafts';

/** Storage as a browser has it, as far as drafts use it: what it holds are its own properties. */
function storage() {
  const held: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, value: string) => {
      held[key] = value;
    },
    removeItem: (key: string) => {
      delete held[key];
    },
  };
  return new Proxy(held, {
    get: (_held, name: keyof typeof methods) => methods[name],
  });
}

beforeEach(() => {
  vi.stubGlobal('localStorage', storage());
  vi.stubGlobal('sessionStorage', storage());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('what was written is read again until it is removed', () => {
  drafts.write('u1.chat.new', 'half a question');
  expect(drafts.read('u1.chat.new')).toBe('half a question');
  expect(drafts.read('u2.chat.new')).toBeUndefined();
  drafts.remove('u1.chat.new');
  expect(drafts.read('u1.chat.new')).toBeUndefined();
});

it('of a person who is gone nothing is left, and of others everything', () => {
  drafts.write('u1.chat.new', 'half a question');
  drafts.write('u1.full-name', 'Ada');
  drafts.write('u12.chat.new', 'another’s');
  drafts.write('register', {});
  drafts.removeAll('u1.');
  expect(drafts.read('u1.chat.new')).toBeUndefined();
  expect(drafts.read('u1.full-name')).toBeUndefined();
  expect(drafts.read('u12.chat.new')).toBe('another’s');
  expect(drafts.read('register')).toEqual({});
});

it('what another version wrote is no draft', () => {
  localStorage.setItem('pulse.draft.k', 'not JSON');
  expect(drafts.read('k')).toBeUndefined();
});

it('a browser that stores nothing is no reason to fail', () => {
  const refuse = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
  expect(() => drafts.write('k', 'text')).not.toThrow();
  expect(() => drafts.remove('k')).not.toThrow();
  expect(drafts.read('k')).toBeUndefined();
});

/** As another tab does it: it has its own session. */
function elsewhere(what: () => void) {
  const session = sessionStorage;
  vi.stubGlobal('sessionStorage', storage());
  what();
  vi.stubGlobal('sessionStorage', session);
}

it('what another tab writes and sends takes nothing from what was typed here', () => {
  ownDrafts.write('k', 'typed here');
  elsewhere(() => localStorage.setItem('pulse.draft.k', '"typed there"'));
  expect(ownDrafts.read('k')).toBe('typed here'); // also after a reload
  elsewhere(() => localStorage.removeItem('pulse.draft.k'));
  expect(ownDrafts.read('k')).toBe('typed here');
  ownDrafts.keep('k', 'typed here');
  expect(drafts.read('k')).toBe('typed here'); // for a new tab
});

it('only what this tab wrote is removed', () => {
  ownDrafts.write('k', 'typed here');
  elsewhere(() => localStorage.setItem('pulse.draft.k', '"typed there"'));
  ownDrafts.keep('k', 'typed here');
  ownDrafts.remove('k');
  expect(drafts.read('k')).toBe('typed there');
  ownDrafts.write('k', 'and more');
  ownDrafts.remove('k');
  expect(drafts.read('k')).toBeUndefined();
  expect(ownDrafts.read('k')).toBeUndefined();
});

it('a draft that was begun in a tab that is gone goes on, and ends, here', () => {
  localStorage.setItem('pulse.draft.k', '"typed there"');
  expect(ownDrafts.read('k')).toBe('typed there');
  ownDrafts.remove('k');
  expect(drafts.read('k')).toBeUndefined();
});

it('what is removed for all is removed here', () => {
  ownDrafts.write('u1.k', 'typed here');
  drafts.remove('u1.k');
  expect(ownDrafts.read('u1.k')).toBeUndefined();
  ownDrafts.write('u1.k', 'typed here');
  localStorage.removeItem('pulse.draft.u1.k');
  drafts.removeAll('u1.');
  expect(ownDrafts.read('u1.k')).toBeUndefined();
});
