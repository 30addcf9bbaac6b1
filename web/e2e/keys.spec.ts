import type { APIRequestContext, Page } from '@playwright/test';
import { it as base, expect } from './support/test';

// API keys: what programs may do.

interface Programs {
  /** A program that has an API key and nothing else. */
  program: (key: string) => Promise<APIRequestContext>;
}

const it = base.extend<Programs>({
  program: async ({ playwright, baseURL }, use) => {
    const opened: APIRequestContext[] = [];
    await use(async (key) => {
      const context = await playwright.request.newContext({
        ...(baseURL && { baseURL }),
        extraHTTPHeaders: { authorization: `Bearer ${key}` },
      });
      opened.push(context);
      return context;
    });
    for (const context of opened) {
      await context.dispose();
    }
  },
});

const rows = (page: Page) => page.getByRole('list', { name: 'API keys' }).getByRole('listitem');

/** Makes a key by the page and gives it. */
async function makeKey(page: Page, name: string, scopes: string[]): Promise<string> {
  await page.getByRole('button', { name: 'Create a key' }).click();
  const form = page.getByRole('dialog', { name: 'Create an API key' });
  await expect(form.getByLabel('Name')).toBeFocused();
  await form.getByLabel('Name').fill(name);
  for (const scope of ['Ask models', 'Read', 'Change']) {
    await form.getByRole('checkbox', { name: scope }).setChecked(scopes.includes(scope));
  }
  await form.getByRole('button', { name: 'Create the key' }).click();
  const made = page.getByRole('dialog', { name: `“${name}” is ready` });
  const field = made.getByLabel('API key', { exact: true });
  await expect(field).toBeFocused();
  const key = await field.inputValue();
  await made.getByRole('button', { name: 'Done' }).click();
  await expect(made).toBeHidden();
  return key;
}

it('a key opens what it may, is shown once, and is refused when it is revoked', async ({ page, person, program }) => {
  await page.goto('/settings/keys');
  await expect(page.getByRole('heading', { name: 'No key yet' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Read the documentation' })).toHaveAttribute('href', '/docs');
  const key = await makeKey(page, 'My editor', ['Ask models', 'Read']);
  expect(key).toMatch(/^pulse_sk_/u);

  const editor = await program(key);
  const models = await editor.get('/v1/models');
  expect(models.status(), await models.text()).toBe(200);
  const me = await editor.get('/api/v1/users/me');
  expect(await me.json()).toMatchObject({ email: person.email });
  const answer = await editor.post('/v1/chat/completions', {
    data: { model: 'gpt-6-luna', messages: [{ role: 'user', content: '[chunks 3]' }] },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const rename = await editor.patch('/api/v1/users/me', { data: { full_name: 'Somebody else' } });
  expect(rename.status()).toBe(403);

  const row = rows(page);
  await page.reload();
  await expect(row).toContainText(/My editor.*Ask models, Read.*Last used just now.*Expires/u);
  await expect(row).toContainText(`…${key.slice(-4)}`);
  await expect(page.locator('body')).not.toContainText(key);

  await page.getByRole('button', { name: 'Revoke “My editor”' }).click();
  const ask = page.getByRole('dialog', { name: 'Revoke “My editor”?' });
  await ask.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByRole('button', { name: 'Revoke “My editor”' })).toBeFocused();
  await page.getByRole('button', { name: 'Revoke “My editor”' }).click();
  await ask.getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('heading', { name: 'No key yet' })).toBeVisible();
  await expect(page.getByText('“My editor” is revoked')).toBeVisible();
  expect((await editor.get('/v1/models')).status()).toBe(401);
  expect((await editor.get('/api/v1/users/me')).status()).toBe(401);
});

it('a key does no more than it may', async ({ page, person: _, program }) => {
  await page.goto('/settings/keys');
  const asks = await program(await makeKey(page, 'Asks', ['Ask models']));
  expect((await asks.get('/v1/models')).status()).toBe(200);
  const read = await asks.get('/api/v1/conversations');
  expect(read.status()).toBe(403);
  expect(await read.json()).toMatchObject({ type: 'urn:pulse:problem:scope_missing' });

  const reads = await program(await makeKey(page, 'Reads', ['Read']));
  expect((await reads.get('/api/v1/conversations')).status()).toBe(200);
  expect((await reads.get('/v1/models')).status()).toBe(403);
  await expect(rows(page)).toHaveCount(2);

  const all = await program(await makeKey(page, 'All', ['Ask models', 'Read', 'Change']));
  const more = await all.post('/api/v1/users/me/keys', { data: { name: 'Another' } });
  expect(more.status(), 'no key makes another').toBe(403);
  expect(await more.json()).toMatchObject({ type: 'urn:pulse:problem:key_not_allowed' });
});

it('a key says what is missing, and how long it is to live', async ({ page, person: _ }) => {
  await page.goto('/settings/keys?do=key'); // for a colleague, and after a reload
  const form = page.getByRole('dialog', { name: 'Create an API key' });
  await form.getByRole('checkbox', { name: 'Ask models' }).uncheck();
  await form.getByRole('button', { name: 'Create the key' }).click();
  await expect(form.getByLabel('Name')).toHaveAccessibleDescription(/Give it a name/u);
  await expect(form.getByLabel('Name')).toBeFocused();
  await expect(form.getByText('Choose at least one.')).toBeVisible();
  await form.getByRole('checkbox', { name: 'Read' }).check();
  await form.getByLabel('Name').fill('Until then');
  await page.reload();
  await expect(form.getByLabel('Name')).toHaveValue('Until then');

  await form.getByRole('combobox', { name: 'Expires' }).click();
  await page.getByRole('option', { name: 'On a date' }).click();
  await form.getByRole('button', { name: 'Create the key' }).click();
  await expect(form.getByText('Choose a day that is to come.')).toBeVisible();
  await expect(form.getByLabel('Last day')).toBeFocused();
  const year = new Date().getFullYear() + 1;
  await form.getByLabel('Last day').fill(`${year}-02-28`);
  await expect(form.getByText(`It works until 28 February ${year}.`)).toBeVisible();
  await form.getByRole('button', { name: 'Create the key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(rows(page)).toContainText(`Expires 28 February ${year}`);
  await expect(page).toHaveURL('/settings/keys');
});

it('an example works as it is', async ({ page, person: _, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/settings/keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  await page.getByLabel('Name').fill('Example');
  await page.getByRole('button', { name: 'Create the key' }).click();
  const dialog = page.getByRole('dialog', { name: '“Example” is ready' });
  const key = await dialog.getByLabel('API key', { exact: true }).inputValue();
  await dialog.getByRole('button', { name: 'Copy the key' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await dialog.getByRole('tab', { name: 'Python' }).click();
  const { origin } = new URL(page.url());
  await expect(dialog.getByRole('region', { name: 'Example for Python' })).toContainText(
    `base_url="${origin}/v1",\n    api_key="${key}",`,
  );
});
