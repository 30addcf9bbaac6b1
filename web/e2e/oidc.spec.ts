import { Issuer } from './support/issuer';
import { register, somebody } from './support/person';
import { Pulse } from './support/pulse';
import { it as base, expect } from './support/test';

// Signing in with an OpenID Connect issuer on another site, which is a certified one.

const ada = { email: 'ada@example.com', name: 'Ada Lovelace' };

const it = base.extend<{ issuer: Issuer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it that nothing else is needed
  issuer: async ({}, use) => {
    const issuer = await Issuer.open({ [ada.email]: ada.name, 'grace@example.com': 'Grace Hopper' });
    await use(issuer);
    await issuer.close();
  },
  pulse: async ({ issuer, vendors }, use) => {
    const pulse = await Pulse.start({ ...vendors.settings, ...issuer.settings });
    await use(pulse);
    await pulse.end();
  },
});

it('the first person comes from the issuer, stays through a reload, and is out on the server after signing out', async ({
  page,
  context,
  issuer,
  newDevice,
}) => {
  await page.goto('/chat');
  await page.getByRole('link', { name: 'Continue with Example Corp' }).click();
  await issuer.signIn(page, ada.email);
  const account = page.getByRole('button', { name: `Account of ${ada.name}` });
  await expect(account).toBeVisible();
  const me = await (await page.request.get('/api/v1/users/me')).json();
  expect(me).toMatchObject({ email: ada.email, is_verified: true, is_admin: true });
  await page.reload();
  await expect(account).toBeVisible();
  const kept = await context.cookies();
  expect(kept.filter(({ name }) => name === 'pulse_flow')).toEqual([]);
  expect(kept.find(({ name }) => name === 'pulse_session')).toMatchObject({ httpOnly: true, sameSite: 'Lax' });

  await account.click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
  const thief = await newDevice();
  await thief.context().addCookies(kept);
  expect((await thief.request.get('/api/v1/users/me')).status()).toBe(401);

  // Back to where the link led, this time without being asked: the issuer still knows them.
  await page.goto('/jobs');
  await page.getByRole('link', { name: 'Continue with Example Corp' }).click();
  await expect(account).toBeVisible();
  await expect(page).toHaveURL('/jobs');
});

it('a person links the issuer in the settings, comes in by it, and unlinks it', async ({
  page,
  issuer,
  person,
  newDevice,
}) => {
  await page.goto('/settings/security');
  await page.getByRole('button', { name: 'Continue with Example Corp' }).click();
  await issuer.signIn(page, ada.email);
  const linked = page.getByRole('list', { name: 'Linked accounts' });
  await expect(linked).toContainText(ada.email);

  // To show once more who they are, they are asked again, although the issuer knows them.
  const way = await page.request.post('/api/v1/auth/confirm/oidc', { data: { return_to: '/jobs' } });
  await page.goto((await way.json()).url);
  await issuer.signIn(page, ada.email);
  await expect(page).toHaveURL('/jobs');
  await page.goto('/settings/security');

  const other = await newDevice();
  await other.goto('/sign-in');
  await other.getByRole('link', { name: 'Continue with Example Corp' }).click();
  await issuer.signIn(other, ada.email);
  await expect(other.getByRole('button', { name: `Account of ${person.name}` })).toBeVisible();

  await page.getByRole('button', { name: `Unlink ${ada.email} at Example Corp` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  await expect(page.getByText('Example Corp is not linked any more')).toBeVisible();
  await expect
    .poll(async () => (await (await page.request.get('/api/v1/users/me/identities')).json()).items)
    .toEqual([]);
});

it('an e-mail with a password account is told so, and linked after the sign-in with the password', async ({
  page,
  issuer,
  newDevice,
}) => {
  const person = { ...somebody(), email: ada.email };
  await register((await newDevice()).request, person);
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Continue with Example Corp' }).click();
  await issuer.signIn(page, ada.email);
  await expect(page.getByText('You already have an account with this e-mail.')).toBeVisible();
  expect((await page.context().cookies()).filter(({ name }) => name.startsWith('pulse_'))).toEqual([]);

  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Continue with Example Corp' }).click();
  await expect(page.getByRole('list', { name: 'Linked accounts' })).toContainText(ada.email);
});

it('somebody who turns back at the issuer is where they began, and nothing was done', async ({
  page,
  issuer,
  newDevice,
}) => {
  await register((await newDevice()).request, somebody()); // else there is nobody to sign in
  await page.goto('/jobs');
  await page.getByRole('link', { name: 'Continue with Example Corp' }).click();
  await issuer.cancel(page);
  await expect(page.getByText('You did not go on at Example Corp')).toBeVisible();
  await page.getByRole('link', { name: 'Continue with Example Corp' }).click();
  await issuer.signIn(page, 'grace@example.com');
  await expect(page.getByRole('button', { name: 'Account of Grace Hopper' })).toBeVisible();
  await expect(page).toHaveURL('/jobs');
});
