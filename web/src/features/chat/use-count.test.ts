import { expect, test as it } from 'vitest';
import { Problem } from '@/shared/api/problem';
import type { Ask } from './types';
import { goneIn } from './use-count';

const ask = { model: 'm', messages: [{ role: 'user', content: '', files: ['a', 'b', 'c'] }] } as Ask;
const problem = (type: string, ...locations: string[]) =>
  new Problem({
    type: `urn:pulse:problem:${type}`,
    title: '',
    status: 400,
    detail: '',
    request_id: '',
    errors: locations.map((location) => ({ location, message: 'no' })),
  });

it.each([
  [
    'files that are not there',
    problem('invalid', 'body.messages[0].files[0]', 'body.messages[0].files[2]'),
    ['a', 'c'],
  ],
  ['pictures that the model does not take', problem('model_cannot_see', 'body.messages[0].files[1]'), []],
  ['settings that do not fit', problem('invalid', 'body.temperature', 'body.messages[0].content'), []],
  ['nothing in particular', problem('internal'), []],
])('%s', (_, refusal, expected) => {
  expect(goneIn(refusal, ask)).toEqual(expected);
});
