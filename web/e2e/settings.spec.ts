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
