import { it, nextLink, outcome } from './support/letters';
import { looksRight } from './support/looks';
import { signIn, somebody } from './support/person';
import { it as base, expect } from './support/test';

const newPassword = 'a horse of another colour';

it('a forgotten password, with the keyboard alone', async ({
  person,
  mailbox,
  newDevice,
  secondDevice,
  complaints,
}) => {
  complaints.expectStatus(401, '/api/v1/auth/login');
  await mailbox.next(person.email);
  const elsewhere = await secondDevice();
  await elsewhere.goto('/settings');
  const page = await newDevice();
  const { keyboard } = page;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url(), request.headers().referer ?? ''));

  await it.step('from the page that one wanted, by the sign-in, to the mailbox', async () => {
    await page.goto('/jobs');
    await expect(outcome(page)).toHaveText('Sign in to Pulse');
    await page.getByLabel('E-mail').focus();
    await keyboard.type(person.email);
    await keyboard.press('Tab');
    await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Forgot your password?' })).toBeFocused();
    await keyboard.press('Enter');
    await expect(outcome(page)).toHaveText('Forgot your password?');
    await expect(page.getByLabel('E-mail')).toHaveValue(person.email);
    await page.getByLabel('E-mail').press('Enter');
    await expect(outcome(page)).toHaveText('Check your e-mail');
    await expect(outcome(page)).toBeFocused();
    await expect(outcome(page)).toHaveAccessibleDescription(
      `If there is an account for ${person.email}, a link is on its way. It works once, for an hour.`,
    );
    await expect(page.getByRole('button', { name: /^Send it again in \d+ sec/u })).toBeDisabled();
  });

  const link = await nextLink(mailbox, person);
  const token = new URL(link).hash.slice(1);
  expect(token).not.toBe('');

  await it.step('the link sets a new password', async () => {
    await page.goto(link);
    await expect(outcome(page)).toHaveText('Set a new password');
    await expect(page).toHaveURL('/reset');
    await page.reload();
    await page.getByLabel('New password').focus();
    await keyboard.type('short');
    await keyboard.press('Enter');
    await expect(page.getByLabel('New password')).toHaveAccessibleDescription('Use at least 8 characters.');
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('password123');
    complaints.expectStatus(400, '/api/v1/auth/reset');
    await keyboard.press('Enter');
    await expect(page.getByLabel('New password')).toHaveAccessibleDescription(/^Is among the first/u);
    await expect(page.getByLabel('New password')).toBeFocused();
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type(newPassword);
    await keyboard.press('Enter');
    await expect(page.getByRole('status')).toHaveText('Your new password is set. Sign in with it.');
    expect(asked.filter((address) => address.includes(token))).toEqual([]);
  });

  await it.step('the old one is refused, the new one leads to where one wanted to be', async () => {
    await expect(page.getByLabel('E-mail')).toHaveValue(person.email);
    await page.getByLabel('Password', { exact: true }).focus();
    await keyboard.type(person.password);
    await keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('The e-mail or the password is wrong.');
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type(newPassword);
    await keyboard.press('Enter');
    await expect(page).toHaveURL('/jobs');
  });

  await it.step('the other session has ended', async () => {
    await expect(outcome(elsewhere)).toHaveText('Sign in to Pulse');
  });

  await it.step('the link does not work twice', async () => {
    await page.goto(link);
    await page.getByLabel('New password').fill('yet another horse');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect(outcome(page)).toHaveText('This link no longer works');
    await expect(outcome(page)).toBeFocused();
    await page.getByRole('link', { name: 'Get a new link' }).click();
    await expect(page.getByLabel('E-mail')).toHaveValue(person.email);
  });
});

it('an address without an account looks the same', async ({ page, mailbox }) => {
  const stranger = somebody();
  await page.goto('/forgot');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription('Enter your e-mail address.');
  await page.getByLabel('E-mail').fill(stranger.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(outcome(page)).toHaveText('Check your e-mail');
  await expect(page.getByText(`If there is an account for ${stranger.email}, a link is on its way.`)).toBeVisible();
  expect(mailbox.unread(stranger.email)).toBe(0);
  await page.getByRole('button', { name: 'Use another e-mail' }).click();
  await expect(page.getByLabel('E-mail')).toHaveValue(stranger.email);
});

base('a server without e-mail leads to its administrator @phone', async ({ page, person, isMobile }) => {
  base.slow();
  if (isMobile) {
    await page.setViewportSize({ width: 360, height: 740 });
  }
  await page.context().clearCookies();
  await page.goto('/sign-in?from=%2Fjobs');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page.getByText(`pulse user reset-link ${person.email}`)).toBeVisible();
  await looksRight(page, 'forgot-without-mail');
  await page.getByRole('link', { name: 'Back to the sign-in' }).click();
  await expect(page).toHaveURL('/sign-in?from=%2Fjobs');
});

it('how it all looks @phone', async ({ page, person, mailbox, isMobile, complaints }) => {
  it.slow();
  if (isMobile) {
    await page.setViewportSize({ width: 360, height: 740 });
  }
  const shown = async (path: string, title: string, name: string) => {
    await page.goto('about:blank'); // where only the fragment differs, browsers load nothing
    await page.goto(path);
    await expect(outcome(page)).toHaveText(title);
    await looksRight(page, name);
  };
  const link = await nextLink(mailbox, person);

  await it.step('verify', async () => {
    complaints.expectStatus(400, '/api/v1/auth/verify');
    complaints.expectStatus(403, '/api/v1/auth/verify');
    await shown('/verify', 'Open the link from your e-mail', 'verify-bare');
    await shown('/verify#nothing', 'This link no longer works', 'verify-expired');
    await page.getByRole('button', { name: 'Send a new link' }).click();
    await expect(outcome(page)).toHaveText('Check your e-mail');
    await looksRight(page, 'verify-sent');
    const newest = await nextLink(mailbox, person);
    expect(newest).not.toBe(link);
    await page.context().clearCookies();
    await shown(newest, 'Verify your e-mail', 'verify-signed-out');
    const friend = somebody();
    await page.request.post('/api/v1/auth/register', {
      data: { email: friend.email, password: friend.password, full_name: friend.name },
    });
    await shown(newest, 'This link is for another account', 'verify-other');
    await signIn(page.request, person);
    await shown(newest, 'Your e-mail is verified', 'verify-done');
  });

  await it.step('sign-in and register with an issuer', async () => {
    await page.context().clearCookies();
    await shown('/sign-in', 'Sign in to Pulse', 'sign-in-issuer');
    await shown('/sign-in?problem=link_needed', 'Sign in to Pulse', 'sign-in-link-needed');
    await shown('/sign-in?problem=sign_in_refused', 'Sign in to Pulse', 'sign-in-problem');
    await shown('/sign-in?done=reset', 'Sign in to Pulse', 'sign-in-reset');
    await shown('/sign-in?bye=1', 'Sign in to Pulse', 'sign-in-bye');
    await shown('/register', 'Create an account', 'register-issuer');
  });

  await it.step('forgot and reset', async () => {
    await shown('/forgot', 'Forgot your password?', 'forgot');
    await page.getByLabel('E-mail').fill(person.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect(outcome(page)).toHaveText('Check your e-mail');
    await looksRight(page, 'forgot-sent');
    await shown('/reset', 'Open the link from your e-mail', 'reset-bare');
    await shown(await nextLink(mailbox, person), 'Set a new password', 'reset');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect(page.getByText('Use at least 8 characters.')).toBeVisible();
    await looksRight(page, 'reset-wrong');
    complaints.expectStatus(400, '/api/v1/auth/reset');
    await page.goto('/reset#nothing');
    await page.getByLabel('New password').fill(newPassword);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect(outcome(page)).toHaveText('This link no longer works');
    await looksRight(page, 'reset-expired');
  });
});
