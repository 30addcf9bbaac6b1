import { Chat } from './support/chat';
import { complete, signIn, somebody } from './support/person';
import { expect, it } from './support/test';

it('a wrong password is one sentence at the form, and what was typed stays', async ({
  page,
  person,
  newDevice,
  complaints,
}) => {
  complaints.expectStatus(401, '/api/v1/auth/login');
  const other = await newDevice();
  await other.goto('/sign-in');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByText('Enter your e-mail address.')).toBeVisible();
  await expect(other.getByText('Enter your password.')).toBeVisible();
  await expect(other.getByLabel('E-mail')).toBeFocused();

  await other.getByLabel('E-mail').fill(person.email);
  await other.getByLabel('Password', { exact: true }).fill('not my password');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByRole('alert')).toContainText('The e-mail or the password is wrong.');
  await expect(other.getByLabel('E-mail')).toHaveValue(person.email);

  await other.getByLabel('Password', { exact: true }).fill(person.password);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByRole('button', { name: `Account of ${person.name}` })).toBeVisible();
  await expect(page).toHaveURL('about:blank');
});

it('registration says what is wrong field by field', async ({ page, newDevice, person, complaints }) => {
  complaints.expectStatus(400, '/api/v1/auth/register');
  complaints.expectStatus(409, '/api/v1/auth/register');
  const other = await newDevice();
  await other.goto('/register');
  const create = other.getByRole('button', { name: 'Create the account' });
  await create.click();
  await expect(other.getByLabel('Name')).toHaveAccessibleDescription(/^Enter the name/u);
  await expect(other.getByLabel('E-mail')).toHaveAccessibleDescription('Enter your e-mail address.');
  await expect(other.getByLabel('Password', { exact: true })).toHaveAccessibleDescription('Use at least 8 characters.');

  await other.getByLabel('Name').fill('Grace Hopper');
  await other.getByLabel('E-mail').fill('nobody at home');
  await other.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await create.click();
  await expect(other.getByLabel('E-mail')).toHaveAccessibleDescription('Must be an e-mail address.');

  await other.getByLabel('E-mail').fill(person.email);
  await create.click();
  await expect(other.getByLabel('E-mail')).toHaveAccessibleDescription(/already/u);
  await expect(other.getByLabel('E-mail')).toBeFocused();

  await other.reload();
  await expect(other.getByLabel('Name')).toHaveValue('Grace Hopper');
  await expect(other.getByLabel('Password', { exact: true })).toHaveValue('');
  await expect(page).toHaveURL('about:blank');
});

it('a signed-out person signs in and is back where the link led', async ({ page, person, newDevice }) => {
  const id = await complete(page.request, 'gpt-6-luna', '[chunks 12]');
  const other = await newDevice();
  await other.goto(`/chat/${id}`);
  await expect(other.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
  await other.getByLabel('E-mail').fill(person.email);
  await other.getByLabel('Password', { exact: true }).fill(person.password);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(new Chat(other).text).toContainText('1 2 3');
  await expect(other).toHaveURL(`/chat/${id}`);
});

it('the sign-in leads nowhere but within the page', async ({ newDevice, page, person }) => {
  const other = await newDevice();
  await other.goto(`/sign-in?from=${encodeURIComponent('https://example.com/')}`);
  await other.getByLabel('E-mail').fill(person.email);
  await other.getByLabel('Password', { exact: true }).fill(person.password);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(new Chat(other).composer).toBeVisible();
  expect(new URL(other.url()).pathname).toBe('/chat');
  await expect(page).toHaveURL('about:blank');
});

it('a session that ended elsewhere leads to the sign-in, and the draft stays', async ({
  page,
  context,
  chat,
  person,
  complaints,
}) => {
  complaints.expectStatus(401, '/api/v1/conversations'); // what this tab asks for in that moment
  await chat.open();
  await chat.composer.fill('Half a thought');
  const tab = await context.newPage();
  await tab.goto('/settings');
  await tab.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await expect(tab.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();

  await expect(page.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(chat.composer).toHaveValue('Half a thought');
});

it('two people on one computer do not see each other', async ({ page, chat, complaints }) => {
  await chat.open();
  await chat.ask('[chunks 3] secret');
  await chat.ended();
  const { id } = chat;
  await chat.composer.fill('My secret draft');
  await page.getByRole('button', { name: /^Account of /u }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();

  const second = somebody('Grace Hopper');
  await page.getByRole('link', { name: 'Create one' }).click();
  await page.getByLabel('Name').fill(second.name);
  await page.getByLabel('E-mail').fill(second.email);
  await page.getByLabel('Password', { exact: true }).fill(second.password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByText('Your conversations are kept here.')).toBeVisible();
  complaints.expectStatus(404, `/api/v1/conversations/${id}`);
  await page.goto(`/chat/${id}`);
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByText('secret')).toBeHidden();
});

it('two tabs: what one does, the other has when it is looked at', async ({ page, chat, secondDevice, person }) => {
  await chat.open();
  await chat.ask('[chunks 3]');
  await chat.ended();
  const other = new Chat(await secondDevice());
  await other.open({ conversation: chat.id });
  await other.ask('[chunks 4]');
  await other.endsWhole('1 2 3 4');
  await page.reload();
  await chat.endsWhole('1 2 3 4');
  await signIn(page.request, person); // a second session beside the first
  await page.reload();
  await expect(chat.questions).toHaveCount(2);
});
