import { getCatalogs } from '@lingui/cli/api';
import { getConfig } from '@lingui/conf';
import { expect, test as it } from 'vitest';

const namesIn = (messages: object | undefined) => new Set(Object.keys(messages ?? {}));

const patience = 60_000; // every file of the page is parsed

it('the catalogue holds every text of the code, and no other: npm run text', { timeout: patience }, async () => {
  const [catalogue] = await getCatalogs(getConfig());
  const inCode = await catalogue?.collect();
  const forTranslators = await catalogue?.read('en');
  expect(inCode).toBeDefined();
  expect(namesIn(forTranslators)).toEqual(namesIn(inCode));
});
