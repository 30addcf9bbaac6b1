import { expect, test as it } from 'vitest';
import { goesAlong } from './picture-input';
import type { Turn } from './tree';
import type { AttachedFile, Model } from './types';

const images = { max_count: 1, max_bytes: 100, max_total_bytes: 90, max_edge: 50, types: ['image/png'] };
const file: AttachedFile = {
  id: 'f',
  name: '',
  content_type: 'image/png',
  kind: 'image',
  size: 9,
  width: 9,
  height: 9,
};
const turn = (...files: AttachedFile[]) => ({ message: { files } }) as Turn;

it.each<[string, Partial<Model>, Turn[], boolean]>([
  ['none where there is none', { images }, [turn()], false],
  ['a picture that was made', { images }, [turn(), turn(file)], true],
  ['none to a model that takes none', {}, [turn(file)], false],
  ['no text', { images }, [turn({ ...file, kind: 'text' })], false],
  ['none of another type', { images }, [turn({ ...file, content_type: 'image/gif' })], false],
  ['none that is too large', { images }, [turn({ ...file, size: 91 }), turn({ ...file, height: 51 })], false],
])('%s', (_, model, turns, expected) => {
  expect(goesAlong(model as Model, turns)).toBe(expected);
});
