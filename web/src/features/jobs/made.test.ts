import { expect, test as it } from 'vitest';
import { deliveredOf, madeOf } from './made';

it.each([
  ['nothing of an answer', { messages: [] }, null, undefined],
  ['nothing where nothing is told', null, null, undefined],
  [
    'the prompt in a line',
    { prompt: ' A boat\n at  sea ', count: 3 },
    null,
    { title: 'A boat at sea', count: 3, files: [] },
  ],
  ['one picture unless it says more', { prompt: 'A boat' }, null, { title: 'A boat', count: 1, files: [] }],
  [
    'the first words of a long one',
    { prompt: `${'a'.repeat(80)} b` },
    null,
    { title: `${'a'.repeat(80)}…`, count: 1, files: [] },
  ],
  [
    'what is there',
    { prompt: 'A boat', count: 2 },
    { files: [{ id: 'x' }] },
    { title: 'A boat', count: 2, files: ['x'] },
  ],
  [
    'a picture of a conversation',
    { wish: { prompt: 'A boat', count: 1 } },
    {},
    { title: 'A boat', count: 1, files: [] },
  ],
])('%s', (_, input, result, made) => {
  expect(madeOf({ input, result })).toEqual(made);
});

it.each([
  ['those that came', { delivered: 2, files: [] }, 2],
  ['nothing of a chat', { conversation_id: 'x' }, undefined],
  ['nothing where nothing is told', null, undefined],
])('%s are counted', (_, result, delivered) => {
  expect(deliveredOf({ result })).toBe(delivered);
});
