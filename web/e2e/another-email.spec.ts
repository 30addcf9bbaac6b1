import { it, nextLink } from './support/letters';
import { somebody } from './support/person';
import { expect } from './support/test';

it('another e-mail counts when its link is opened', async ({ page, person, mailbox }) => {
  const { email } = somebody();
  await page.goto('/settings');
  await expect(page.getByText('Not verified')).toBeVisible();
  await nextLink(mailbox, person);
  await page.getByRole('button', { name: 'Send the link again' }).click();
  await expect(page.getByText(`A link is on its way to ${person.email}`)).toBeVisible();
  await page.goto(await nextLink(mailbox, person));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your e-mail is verified');

  await page.goto('/settings');
  await expect(page.getByText('Verified', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Change e-mail' }).click();
  await page.getByLabel('New e-mail').fill(email);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: email })).toHaveText(
    `A link is on its way to ${email}. Your e-mail changes when you open it.`,
  );
  await expect(page.getByRole('main').getByText(person.email, { exact: true })).toBeVisible();
  await page.goto(await nextLink(mailbox, { email }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your e-mail is verified');
  await page.goto('/settings');
  await expect(page.getByRole('main').getByText(email, { exact: true })).toBeVisible();
  await expect(page.getByText('Verified', { exact: true })).toBeVisible();
});
