import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { signedInLongAgo } from './support/age';
import { Chat } from './support/chat';
import { text } from './support/files';
import { complete, type Person, register, signIn, somebody } from './support/person';
import { expect, it, itAlone } from './support/test';
import { unzip } from './support/zip';

// The account page: who one is, how one comes in, what is one's own, and how one leaves.

const rows = (page: Page, list: string) => page.getByRole('list', { name: list }).getByRole('listitem');

/** What a browser does when its tab is looked at again. */
const lookedAt = (page: Page) =>
  page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));

it('another name shows at once, everywhere', async ({ page, person: _ }) => {
  await page.goto('/settings');
  await page.getByLabel('Name').fill('Augusta Ada King');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Account of Augusta Ada King' })).toBeVisible();
  await expect(page.getByText('Name saved')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Name')).toHaveValue('Augusta Ada King');
});

it('a name that was not saved comes back with the reason, and is still typed', async ({ page, person, complaints }) => {
  complaints.expectStatus(503, '/api/v1/users/me');
  await page.goto('/settings');
  await page.route('**/api/v1/users/me', (route) =>
    route.request().method() === 'PATCH' ? route.fulfill({ status: 503, body: '' }) : route.continue(),
  );
  await page.getByLabel('Name').fill('Countess');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/status 503/u);
  await expect(page.getByLabel('Name')).toHaveValue('Countess');
  await expect(page.getByRole('button', { name: `Account of ${person.name}` })).toBeVisible();
});

it('a new password ends the other sessions, and the old one opens nothing', async ({
  page,
  person,
  secondDevice,
  newDevice,
  complaints,
}) => {
  complaints.expectStatus(400, '/api/v1/users/me/password');
  const other = await secondDevice();
  await other.goto('/settings');
  await page.goto('/settings/security');
  const open = page.getByRole('button', { name: 'Change the password' });
  await open.click();
  const dialog = page.getByRole('dialog', { name: 'Change the password' });
  const current = dialog.getByLabel('Current password', { exact: true });
  const next = dialog.getByLabel('New password', { exact: true });
  await expect(current).toBeFocused();
  await dialog.getByRole('button', { name: 'Change' }).click();
  await expect(current).toHaveAccessibleDescription('Enter your password.');
  await current.fill('not my password');
  await next.fill('short');
  await next.press('Enter');
  await expect(next).toHaveAccessibleDescription('Use at least 8 characters.');
  await expect(next).toBeFocused();
  await next.fill('a wholly new sentence');
  await next.press('Enter');
  await expect(current).toHaveAccessibleDescription(/wrong/u);
  await expect(current).toBeFocused();
  await current.fill(person.password);
  await current.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Your password is changed')).toBeVisible();
  await expect(open).toBeFocused();

  await expect(other.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
  const { request } = await newDevice();
  const old = await request.post('/api/v1/auth/login', { data: { email: person.email, password: person.password } });
  expect(old.status()).toBe(401);
  await signIn(request, { ...person, password: 'a wholly new sentence' });
  await page.reload();
  await expect(rows(page, 'Sessions')).toHaveCount(2);
});

it('sessions are listed, also those that came since, and end one by one or together', async ({
  page,
  person,
  secondDevice,
  newDevice,
}) => {
  const other = await secondDevice();
  await other.goto('/settings/security');
  await page.goto('/settings/security');
  const sessions = rows(page, 'Sessions');
  await expect(sessions).toHaveCount(2);
  const mine = sessions.filter({ hasText: 'This device' });
  await expect(mine).toHaveCount(1);
  await expect(mine).toContainText(/Chrome on Linux.*127\.0\.0\.1/u);
  await expect(sessions.filter({ hasNotText: 'This device' })).toContainText('Last used just now');

  const token = await page.request.post('/api/v1/auth/token', {
    data: { email: person.email, password: person.password },
    headers: { 'User-Agent': 'backup-script/1.0' },
  });
  expect(token.status()).toBe(200);
  await lookedAt(page);
  await expect(sessions).toHaveCount(3);

  await page.getByRole('button', { name: /^End the session of .*Chrome on Linux/u }).click();
  await expect(sessions).toHaveCount(2);
  await expect(page.getByRole('region', { name: 'Sessions' })).toBeFocused();
  await expect(other.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();

  await signIn((await newDevice()).request, person);
  await lookedAt(page);
  await expect(sessions).toHaveCount(3);
  await page.getByRole('button', { name: 'End all others' }).click();
  const ask = page.getByRole('dialog', { name: 'End 2 other sessions?' });
  await ask.getByRole('button', { name: 'End them' }).click();
  await expect(ask).toBeHidden();
  await expect(sessions).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'End all others' })).toBeHidden();
  await page.reload();
  await expect(sessions).toHaveCount(1);
});

it('a session that the server keeps comes back with the reason', async ({ page, secondDevice, complaints }) => {
  complaints.expectLostLine();
  await (await secondDevice()).goto('/settings');
  await page.goto('/settings/security');
  await expect(rows(page, 'Sessions')).toHaveCount(2);
  await page.route('**/api/v1/users/me/sessions/*', (route) => route.abort());
  await page.getByRole('button', { name: /^End the session of/u }).click();
  await expect(page.getByText(/^The session of .*Chrome on Linux goes on$/u)).toBeVisible();
  await expect(rows(page, 'Sessions')).toHaveCount(2);
});

it('all that is one’s own comes along in one file', async ({ page, person }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'What I once asked');
  const file = text('plans.csv', 'wing,span\nleft,12\n');
  const uploaded = await page.request.post('/api/v1/files', { multipart: { file } });
  expect(uploaded.status(), await uploaded.text()).toBeLessThan(300);

  await page.goto('/settings/data');
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download everything' }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/\.zip$/u);
  const entries = unzip(await readFile(await download.path()));
  expect([...entries.keys()]).toEqual(
    expect.arrayContaining(['README.txt', 'account.json', 'sessions.json', 'keys.json', 'jobs.json', 'usage.json']),
  );
  const read = (name: string) => JSON.parse(String(entries.get(name)));
  expect(read('account.json')).toMatchObject({ email: person.email, full_name: person.name });
  const conversations = [...entries].filter(([name]) => name.startsWith('conversations/'));
  expect(new Set(conversations.map(([name]) => name.replace(/.*\./u, '')))).toEqual(new Set(['json', 'md']));
  for (const [, content] of conversations) {
    expect(content.toString()).toContain('What I once asked');
  }
  expect(JSON.stringify(read('jobs.json'))).toContain(id);
  const [kept] = [...entries].filter(([name]) => name.startsWith('files/'));
  expect(kept?.[1]).toEqual(file.buffer);
});

it('who signed in long ago shows once more who they are, and what was typed goes on', async ({
  page,
  person,
  pulse,
  complaints,
}) => {
  complaints.expectStatus(403, '/api/v1/users/me/email');
  complaints.expectStatus(400, '/api/v1/auth/confirm');
  const { email } = somebody();
  signedInLongAgo(pulse, person);
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Change e-mail' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the e-mail' });
  await dialog.getByLabel('New e-mail').fill(email);
  await dialog.getByLabel('New e-mail').press('Enter');

  const confirm = page.getByRole('dialog', { name: 'Is it you?' });
  const password = confirm.getByLabel('Password', { exact: true });
  await expect(password).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(confirm).toBeHidden();
  await expect(dialog.getByLabel('New e-mail')).toHaveValue(email);
  await expect(dialog.getByRole('alert')).toHaveCount(0);

  await dialog.getByRole('button', { name: 'Change' }).click();
  await password.fill('not my password');
  await password.press('Enter');
  await expect(password).toHaveAccessibleDescription('This is not your password.');
  await expect(password).toBeFocused();
  await password.fill(person.password);
  await password.press('Enter');
  await expect(confirm).toBeHidden();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(`Your e-mail is ${email} now`)).toBeVisible();
  await expect(page.getByRole('main').getByText(email, { exact: true })).toBeVisible();
  await signIn(page.request, { ...person, email });
});

async function leave(page: Page, { email }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Delete the account…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  const sure = dialog.getByRole('button', { name: 'Delete the account' });
  await dialog.getByLabel('To be sure, type your e-mail').fill('somebody@example.com');
  await expect(sure).toBeDisabled();
  await dialog.getByLabel('To be sure, type your e-mail').fill(email.toUpperCase());
  await sure.click();
}

it('who leaves leaves nothing behind, and may come again', async ({ page, newDevice, pulse, complaints }) => {
  complaints.expectStatus(403, '/api/v1/users/me');
  await register((await newDevice()).request, somebody()); // the first of all would be the administrator
  const person = somebody();
  await register(page.request, person);
  const chat = new Chat(page);
  await chat.open();
  await chat.ask('[chunks 3] a secret');
  await chat.ended();
  await chat.composer.fill('Half a secret');

  signedInLongAgo(pulse, person);
  await page.goto('/settings/data');
  await leave(page, person);
  await page.getByRole('dialog', { name: 'Is it you?' }).getByLabel('Password', { exact: true }).fill(person.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: /^Your account .*deleted/u })).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue('');
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  expect(kept).not.toContain('secret');
  expect(kept).not.toContain(person.email);

  const again = await newDevice();
  await register(again.request, person);
  await again.goto('/');
  await expect(again.getByText('Your conversations are kept here.')).toBeVisible();
  await expect(again.getByText('secret')).toBeHidden();
});

const itIsNew = itAlone((vendors) => vendors.settings);

itIsNew('the last administrator is told why they cannot leave', async ({ page, person, newDevice, complaints }) => {
  complaints.expectStatus(409, '/api/v1/users/me');
  await register((await newDevice()).request, somebody('Grace Hopper'));
  await page.goto('/settings/data');
  await leave(page, person);
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  await expect(dialog.getByRole('alert')).toContainText(/administrator/u);
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dialog).toBeHidden();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Delete the account…' })).toBeVisible();
});
