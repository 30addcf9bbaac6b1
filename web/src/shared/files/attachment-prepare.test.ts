import { expect, test as it } from 'vitest';
import { prepare } from './attachment-prepare';

const file = (content: string | Uint8Array<ArrayBuffer>, type = 'image/png') => new File([content], 'a.png', { type });

it('only pictures, where nothing else is wanted: the name does not make one', async () => {
  await expect(prepare(file('only words'), undefined, 'pictures')).rejects.toThrow('“a.png” is not a picture.');
  await expect(prepare(file('%PDF-1.7'), undefined, 'pictures')).rejects.toThrow('“a.png” is not a picture.');
  expect(await prepare(file('only words', 'text/plain'), undefined)).toMatchObject({ picture: false });
});

it('a picture that is too large is refused before it is decoded, with its size', async () => {
  const bytes = new Uint8Array(33 * 1024 * 1024);
  bytes.set([0x89, 0x50, 0x4e, 0x47]);
  await expect(prepare(file(bytes), undefined)).rejects.toThrow(
    '“a.png” has 33 MB, and 32 MB is the most for a picture or PDF.',
  );
});
