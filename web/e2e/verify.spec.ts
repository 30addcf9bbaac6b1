import { fillIn, it, nextLink, outcome } from './support/letters';
import { somebody } from './support/person';
import { expect } from './support/test';

it('the link of an e-mail verifies it, once', async ({ page, person, mailbox, complaints }) => {
  const first = await nextLink(mailbox, person);
  expect((await page.request.post('/api/v1/users/me/verification')).status()).toBe(202);
  const second = await nextLink(mailbox, person);

  complaints.expectStatus(400, '/api/v1/auth/verify');
  await page.goto(first); // only the newest counts
  await expect(outcome(page)).toHaveText('This link no longer works');
  await expect(outcome(page)).toHaveAccessibleDescription(new RegExp(`A new one goes to ${person.email}\\.$`, 'u'));
  await page.getByRole('button', { name: 'Send a new link' }).click();
  await expect(outcome(page)).toHaveText('Check your e-mail');
  await expect(outcome(page)).toBeFocused();
  const third = await nextLink(mailbox, person);

  await page.goto(second);
  await expect(outcome(page)).toHaveText('This link no longer works');
  await page.goto(third);
  await expect(outcome(page)).toHaveText('Your e-mail is verified');
  await expect(outcome(page)).toBeFocused();
  await expect(page).toHaveURL('/verify');
  await page.getByRole('link', { name: 'Go on to Pulse' }).click();
  await expect(outcome(page)).toHaveText('New chat');
  await page.goto(third);
  await expect(outcome(page)).toHaveText('Your e-mail is verified');
});

it('a link that is opened elsewhere asks for the sign-in first', async ({ page, person, mailbox, newDevice }) => {
  const link = await nextLink(mailbox, person);
  const other = await newDevice();
  await other.goto(link);
  await expect(outcome(other)).toHaveText('Verify your e-mail');
  await other.getByRole('link', { name: 'Sign in' }).click();
  await expect(other).toHaveURL('/sign-in?from=%2Fverify');
  await fillIn(other, person);
  await expect(outcome(other)).toHaveText('Your e-mail is verified');
  await expect(other.getByText(`${person.email} is confirmed`)).toBeVisible();
  await expect(page).toHaveURL('about:blank');
});

it("somebody else's link verifies nobody, and tells who is signed in", async ({
  page,
  person,
  mailbox,
  newDevice,
  complaints,
}) => {
  const link = await nextLink(mailbox, person);
  const other = await newDevice();
  const friend = somebody('Grace Hopper');
  await other.goto('/register');
  await other.getByLabel('Name').fill(friend.name);
  await other.getByLabel('E-mail').fill(friend.email);
  await other.getByLabel('Password', { exact: true }).fill(friend.password);
  await other.getByRole('button', { name: 'Create the account' }).click();
  await expect(outcome(other)).toHaveText('New chat');

  complaints.expectStatus(403, '/api/v1/auth/verify');
  await other.goto(link);
  await expect(outcome(other)).toHaveText('This link is for another account');
  await expect(outcome(other)).toHaveAccessibleDescription(new RegExp(`^You are signed in as ${friend.email}\\.`, 'u'));
  await other.getByRole('button', { name: 'Sign in to another account' }).click();
  await fillIn(other, person);
  await expect(outcome(other)).toHaveText('Your e-mail is verified');
  await expect(page).toHaveURL('about:blank');
});
