import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { drafts } from './drafts';

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
