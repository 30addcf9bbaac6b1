import type { Page } from '@playwright/test';
import { signedInLongAgo } from './support/age';
import { looksRight } from './support/looks';
import { complete } from './support/person';
import { expect, it } from './support/test';

// The parts of the account page in every state, in both themes, on a desktop and on a small phone.

it.slow();

it.beforeEach(async ({ page, isMobile }) => {
  if (isMobile) {
    await page.setViewportSize({ width: 360, height: 740 });
  }
});

/** Opens something over the page, looks at it, and closes it. */
async function over(page: Page, opener: string, name: string): Promise<void> {
  await page.getByRole('button', { name: opener }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await looksRight(page, name);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
}

it('who one is, and what one has used @phone', async ({ page, person: _ }) => {
  await complete(page.request, 'gpt-6-luna', '[chunks 300]');
  await page.goto('/settings');
  await expect(page.getByText('Starter')).toBeVisible();
  await looksRight(page, 'account-general');
  await over(page, 'Change e-mail', 'account-email');
  await page.goto('/settings/usage');
  await expect(page.getByRole('meter', { name: 'Tokens' })).toBeVisible();
  await looksRight(page, 'account-usage');
});

it('how one comes in @phone', async ({ page, person, secondDevice }) => {
  await (await secondDevice()).goto('/settings');
  await page.request.post('/api/v1/auth/token', {
    data: { email: person.email, password: person.password },
    headers: { 'User-Agent': 'backup-script/1.0' },
  });
  await page.goto('/settings/security');
  await expect(page.getByRole('listitem').filter({ hasText: 'Token' })).toBeVisible();
  await looksRight(page, 'account-security');
  await over(page, 'Change the password', 'account-password');
  await over(page, 'End all others', 'account-end-all');
});

it('keys @phone', async ({ page, person: _ }) => {
  await page.goto('/settings/keys');
  await expect(page.getByRole('heading', { name: 'No key yet' })).toBeVisible();
  await looksRight(page, 'account-keys-none');
  await page.getByRole('button', { name: 'Create a key' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await looksRight(page, 'account-key-form');
  await page.getByRole('button', { name: 'Create the key' }).click();
  await expect(page.getByText('Give it a name')).toBeVisible();
  await looksRight(page, 'account-key-wrong');
  await page.getByLabel('Name').fill('My editor');
  await page.getByRole('button', { name: 'Create the key' }).click();
  await expect(page.getByText('It is shown only this once.')).toBeVisible();
  await looksRight(page, 'account-key-made');
  await page.getByRole('tab', { name: 'Python' }).click();
  await looksRight(page, 'account-key-python');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  const day = 86_400_000;
  for (const [name, days] of [
    ['Nightly backup of all my conversations to the attic', 3],
    ['Another', 400],
  ] as const) {
    const expires = new Date(Date.now() + days * day).toISOString();
    await page.request.post('/api/v1/users/me/keys', { data: { name, expires_at: expires } });
  }
  await page.reload();
  await expect(page.getByText('Expires in 3 days')).toBeVisible();
  await looksRight(page, 'account-keys');
  await over(page, 'Revoke “Another”', 'account-key-revoke');
});

it('leaving @phone', async ({ page, person, pulse, complaints }) => {
  complaints.expectStatus(403, '/api/v1/users/me');
  signedInLongAgo(pulse, person);
  await page.goto('/settings/data');
  await expect(page.getByRole('link', { name: 'Download everything' })).toBeVisible();
  await looksRight(page, 'account-data');
  await page.getByRole('button', { name: 'Delete the account…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  await dialog.getByLabel('To be sure, type your e-mail').fill(person.email);
  await looksRight(page, 'account-delete');
  await dialog.getByRole('button', { name: 'Delete the account' }).click();
  await expect(page.getByRole('dialog', { name: 'Is it you?' })).toBeVisible();
  await looksRight(page, 'account-confirm');
});
