import { conversation } from './support/person';
import { expect, it } from './support/test';

// How a conversation is answered.

it('offers only what the model takes', async ({ page, chat }) => {
  const settings = page.getByRole('button', { name: 'Settings of this conversation' });
  const panel = page.getByRole('dialog', { name: 'Settings of this conversation' });
  const temperature = panel.getByRole('slider', { name: 'Temperature' });
  const thinking = panel.getByRole('combobox', { name: 'Thinking' });

  await chat.open({ model: 'openai' });
  await settings.click();
  await expect(thinking).toBeVisible();
  await expect(temperature).toBeHidden();
  await page.keyboard.press('Escape');

  await chat.choose('anthropic');
  await settings.click();
  await expect(temperature).toBeVisible();
  await page.keyboard.press('Escape');

  await chat.choose('demo');
  await settings.click();
  await expect(panel.getByLabel('Longest answer, in tokens')).toBeVisible();
  await expect(temperature).toBeHidden();
  await expect(thinking).toBeHidden();
});

it('what was set for one model is not sent to another that refuses it', async ({ page, chat }) => {
  const settings = page.getByRole('button', { name: 'Settings of this conversation' });
  const panel = page.getByRole('dialog', { name: 'Settings of this conversation' });
  await chat.open({ model: 'anthropic' });
  await settings.click();
  await panel.getByLabel('System prompt').fill('Be brief.');
  await panel.getByRole('slider', { name: 'Temperature' }).press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await chat.ask('[chunks 3]');
  await chat.ended();
  const before = await conversation(page.request, chat.id);
  expect(before.settings).toEqual({ system_prompt: 'Be brief.', temperature: 1.1 });

  await chat.choose('openai');
  await chat.ask('[chunks 4]');
  await chat.endsWhole('1 2 3 4');
  const after = await conversation(page.request, chat.id);
  expect(after.settings).toEqual({ system_prompt: 'Be brief.' });
});

it('the theme changes at once, with no colour half-way', async ({ page, chat }) => {
  await chat.open({ model: 'anthropic' });
  await page.evaluate(() => {
    document.addEventListener('transitionrun', ({ propertyName }) => {
      document.body.dataset.faded = `${document.body.dataset.faded ?? ''} ${propertyName}`;
    });
  });
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveClass(colorScheme === 'dark' ? /\bdark\b/u : /^(?!.*\bdark\b)/u);
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  }
  await expect(page.locator('body')).not.toHaveAttribute('data-faded');
});

it('every part of the settings has an address, and one click leads to each', async ({ page, person: _ }) => {
  await page.goto('/settings');
  const parts = page.getByRole('navigation', { name: 'Settings' });
  for (const [name, path, heading] of [
    ['Usage', '/settings/usage', 'Plan'],
    ['Sign-in', '/settings/security', 'Sessions'],
    ['API keys', '/settings/keys', 'API keys'],
    ['Your data', '/settings/data', 'Export'],
    ['General', '/settings', 'Profile'],
  ] as const) {
    await parts.getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { name: heading, exact: true, level: 2 })).toBeVisible();
    await expect(page).toHaveURL(path);
    await expect(parts.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
    await page.reload();
    await expect(page.getByRole('heading', { name: heading, exact: true, level: 2 })).toBeVisible();
    await expect(page).toHaveTitle(`Settings · ${name} · Pulse`);
  }
});

it('usage says what is used, what is left and when it starts anew', async ({ page, chat }) => {
  await chat.open({ model: 'openai' });
  await chat.ask('[chunks 7]');
  await chat.ended();
  await page.goto('/settings/usage');
  const meter = page.getByRole('meter', { name: 'Tokens' });
  await expect(meter).toHaveAttribute('aria-valuetext', /^\d+%: \d+ of 100,000 used, [\d,]+ left$/u);
  await expect(page.getByText(/^\d+ of 100,000 \(\d+%\)$/u)).toBeVisible();
  await expect(page.getByText(/^Starts anew on \d+ \p{L}+ \d{4}, in \d+ days\.$/u)).toBeVisible();
  await expect(page.getByText('Starter')).toBeVisible();
});

it('a part that cannot be fetched says so, and comes with another try', async ({ page, person: _, complaints }) => {
  complaints.expectLostLine();
  await page.route('**/api/v1/users/me/keys', (route) => route.abort());
  await page.goto('/settings/keys');
  const alert = page.getByRole('alert').filter({ hasText: 'The server cannot be reached' });
  await expect(alert).toBeVisible();
  await page.unroute('**/api/v1/users/me/keys');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'No key yet' })).toBeVisible();
});
