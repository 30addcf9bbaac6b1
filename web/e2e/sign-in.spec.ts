import { fillIn, it } from './support/letters';
import { somebody } from './support/person';
import { expect } from './support/test';

// What the sign-in tells. What a browser does on the issuer's pages, oidc.spec.ts tells.

it('too many wrong passwords: how long to wait, and another account need not', async ({
  page,
  person,
  newDevice,
  complaints,
}) => {
  complaints.expectStatus(429, '/api/v1/auth/login');
  const other = await newDevice();
  const wrong = { email: person.email, password: 'not my password' };
  let status = 0;
  for (let n = 0; status !== 429 && n < 30; n += 1) {
    status = (await other.request.post('/api/v1/auth/login', { data: wrong })).status();
  }
  await other.goto('/sign-in');
  await fillIn(other, wrong);
  await expect(other.getByRole('alert')).toContainText('Too many');
  await expect(other.getByRole('button', { name: /^Try again in \d+ sec/u })).toBeDisabled();
  await expect(other.getByRole('button', { name: /^Try again in/u })).toBeFocused();
  const friend = somebody();
  await other.getByLabel('E-mail').fill(friend.email);
  await expect(other.getByRole('button', { name: 'Sign in', exact: true })).toBeEnabled();
  await expect(page).toHaveURL('about:blank');
});

for (const [problem, text] of [
  ['access_denied', /^You did not go on at Google.+Try again, or sign in with your password/u],
  ['deactivated', /deactivated. Ask the administrator/u],
  ['registration_closed', /^You have no account here.+Ask its administrator/u],
  ['email_unverified', /^Google has not verified your e-mail.+Verify it there/u],
  ['sign_in_expired', /took too long.+Try again/u],
  ['issuer_unreachable', /^Google does not answer/u],
  ['something_new', /^Signing in with Google did not work/u],
] as const) {
  it(`back from the issuer with ${problem}`, async ({ page, person, newDevice }) => {
    const other = await newDevice();
    await other.goto(`/sign-in?problem=${problem}&return_to=%2Fjobs`);
    await expect(other.getByRole('alert').or(other.getByRole('status'))).toHaveText(text);
    await expect(other.getByRole('link', { name: 'Continue with Google' })).toHaveAttribute(
      'href',
      '/api/v1/auth/google?return_to=%2Fjobs',
    );
    await fillIn(other, person);
    await expect(other).toHaveURL('/jobs');
    await expect(page).toHaveURL('about:blank');
  });
}

it('an account with the same e-mail is linked after the sign-in with its password', async ({
  page,
  person,
  newDevice,
}) => {
  const other = await newDevice();
  await other.goto('/sign-in?problem=link_needed&return_to=%2Fjobs');
  await expect(other.getByRole('status')).toHaveText(/^You already have an account.+Sign in with your password/u);
  await expect(other.getByRole('link', { name: 'Continue with Google' })).toBeHidden(); // it would only lead back here
  await fillIn(other, person);
  await expect(other).toHaveURL('/settings/security');
  await expect(page).toHaveURL('about:blank');
});
