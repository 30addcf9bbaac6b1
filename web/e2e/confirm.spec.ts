import type { Page } from '@playwright/test';
import { signedInLongAgo } from './support/age';
import { Issuer } from './support/issuer';
import { register, somebody } from './support/person';
import { Pulse } from './support/pulse';
import { it as base, expect } from './support/test';

// Somebody who has no password, because they come in by an issuer.

const grace = { email: 'grace@example.com', password: '', name: 'Grace Hopper' };

const it = base.extend<{ issuer: Issuer; signedIn: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it that nothing else is needed
  issuer: async ({}, use) => {
    const issuer = await Issuer.open({ [grace.email]: grace.name });
    await use(issuer);
    await issuer.close();
  },
  pulse: async ({ issuer, vendors }, use) => {
    const pulse = await Pulse.start({ ...vendors.settings, ...issuer.settings });
    await use(pulse);
    await pulse.end();
  },
  /** Grace's page. */
  signedIn: async ({ page, issuer, newDevice }, use) => {
    await register((await newDevice()).request, somebody()); // somebody else is the administrator
    await page.goto('/settings');
    await page.getByRole('link', { name: 'Continue with Example Corp' }).click();
    await issuer.signIn(page, grace.email);
    await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible();
    await use(page);
  },
});

it('they confirm at the issuer, and are back where they were, with what they typed', async ({
  signedIn: page,
  issuer,
  pulse,
  complaints,
}) => {
  complaints.expectStatus(403, '/api/v1/users/me/email');
  signedInLongAgo(pulse, grace);
  await page.getByRole('button', { name: 'Change e-mail' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the e-mail' });
  await dialog.getByLabel('New e-mail').fill('hopper@example.com');
  await dialog.getByRole('button', { name: 'Change' }).click();
  const confirm = page.getByRole('dialog', { name: 'Is it you?' });
  await expect(confirm.getByLabel('Password', { exact: true })).toHaveCount(0);
  await confirm.getByRole('button', { name: 'Continue with Example Corp' }).click();
  await issuer.cancel(page);
  await expect(page.getByRole('alert')).toHaveText('You did not go on at Example Corp, so nothing has changed.');

  await page.getByRole('button', { name: 'Change e-mail' }).click();
  await expect(dialog.getByLabel('New e-mail')).toHaveValue('hopper@example.com');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await confirm.getByRole('button', { name: 'Continue with Example Corp' }).click();
  await issuer.signIn(page, grace.email);
  await expect(dialog.getByLabel('New e-mail')).toHaveValue('hopper@example.com');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('main').getByText('hopper@example.com', { exact: true })).toBeVisible();
});

it('the last way in stays until there is another', async ({ signedIn: page, complaints }) => {
  const { items } = await (await page.request.get('/api/v1/users/me/identities')).json();
  complaints.expectStatus(409, `/api/v1/users/me/identities/${items[0].id}`);
  await page.getByRole('link', { name: 'Sign-in' }).click();
  const linked = page.getByRole('list', { name: 'Linked accounts' });
  const unlink = async () => {
    await page.getByRole('button', { name: `Unlink ${grace.email} at Example Corp` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  };
  await unlink();
  await expect(page.getByText('This is your only way in. Set a password first.')).toBeVisible();
  await expect(linked).toContainText(grace.email);

  await page.getByRole('button', { name: 'Set a password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set a password' });
  await expect(dialog.getByLabel('Current password', { exact: true })).toHaveCount(0);
  await dialog.getByLabel('New password', { exact: true }).fill('a sentence to remember');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Your password is set')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Change the password' })).toBeFocused();
  await unlink();
  await expect(page.getByText('Example Corp is not linked any more')).toBeVisible();
  await expect(linked).toHaveCount(0);
});
