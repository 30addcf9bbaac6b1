import { afterEach, beforeEach, expect, test as it, vi } from 'vitest';
import { drafts } from './drafts';

/** Storage as a browser has it, as far as drafts use it. */
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

it('what was written is read again until it is removed', () => {
  drafts.write('u1.chat.new', 'half a question');
  expect(drafts.read('u1.chat.new')).toBe('half a question');
  expect(drafts.read('u2.chat.new')).toBeUndefined();
  drafts.remove('u1.chat.new');
  expect(drafts.read('u1.chat.new')).toBeUndefined();
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
