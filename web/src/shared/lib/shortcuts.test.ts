import { expect, test as it } from 'vitest';
import { keyNames, matches } from './shortcuts';

const press = (keys: string) => {
  const parts = keys.split(' ');
  return {
    key: parts.at(-1) ?? '',
    ctrlKey: parts.includes('ctrl'),
    metaKey: parts.includes('meta'),
    shiftKey: parts.includes('shift'),
    altKey: parts.includes('alt'),
  };
};

it.each<[string, string, boolean, boolean]>([
  // keys, what is pressed, matches elsewhere, matches on a Mac
  ['mod+k', 'ctrl k', true, false],
  ['mod+k', 'meta k', false, true],
  ['mod+k', 'ctrl meta k', false, false],
  ['mod+k', 'ctrl shift k', false, false],
  ['mod+k', 'ctrl alt k', false, false],
  ['mod+k', 'k', false, false],
  ['mod+shift+o', 'ctrl shift O', true, false],
  ['mod+shift+o', 'ctrl o', false, false],
  ['/', '/', true, true],
  ['/', 'shift /', true, true], // Shift+7 on a German keyboard
  ['?', 'shift ?', true, true],
  ['escape', 'Escape', true, true],
  ['escape', 'shift Escape', false, false],
])('%s by %s', (keys, pressed, elsewhere, onMac) => {
  expect(matches(keys, press(pressed), false)).toBe(elsewhere);
  expect(matches(keys, press(pressed), true)).toBe(onMac);
});

it('keys have names for people', () => {
  expect(keyNames('mod+shift+o')).toEqual(['Ctrl', 'Shift', 'O']);
  expect(keyNames('arrowup')).toEqual(['↑']);
});
