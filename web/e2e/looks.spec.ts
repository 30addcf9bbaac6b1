import { looksRight } from './support/looks';
import { complete } from './support/person';
import { expect, it } from './support/test';

// Every page in every state, in both themes, on a desktop and on a small phone.

it.slow();

it.beforeEach(async ({ page, isMobile }) => {
  if (isMobile) {
    await page.setViewportSize({ width: 360, height: 740 });
  }
});

it('signed out @phone', async ({ page }) => {
  await page.goto('/register'); // of the first account
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await looksRight(page, 'register');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByText('Use at least 8 characters.')).toBeVisible();
  await looksRight(page, 'register-wrong');

  await page.goto('/nothing/here');
  await expect(page.getByRole('heading', { name: 'This page does not exist' })).toBeVisible();
  await looksRight(page, 'not-found');
});

it('signed in before, and out again @phone', async ({ page, person, complaints }) => {
  complaints.expectStatus(401, '/api/v1/auth/login');
  await page.context().clearCookies();
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
  await looksRight(page, 'sign-in');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('not my password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await looksRight(page, 'sign-in-wrong');
});

it('a new chat, and what opens over it @phone', async ({ page, chat, isMobile }) => {
  await complete(page.request, 'gpt-6-luna', 'An older conversation');
  await chat.open();
  await expect(page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible();
  await looksRight(page, 'chat-new');

  await it.step('models', async () => {
    await chat.picker.click();
    await expect(page.getByRole('option').first()).toBeVisible();
    await looksRight(page, 'chat-models');
    await page.getByRole('combobox', { name: 'Search models' }).fill('no such model');
    await expect(page.getByText('No such model')).toBeVisible();
    await looksRight(page, 'chat-models-none');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('option')).toHaveCount(0);
  });

  await it.step('settings', async () => {
    await chat.choose('anthropic');
    await page.getByRole('button', { name: 'Settings of this conversation' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await looksRight(page, 'chat-settings');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  });

  await it.step('palette and shortcuts', async () => {
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('option').first()).toBeVisible();
    await looksRight(page, 'palette');
    await page.keyboard.type('shortcuts');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await looksRight(page, 'shortcuts');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  });

  await it.step('the side bar and its menus', async () => {
    if (isMobile) {
      await page.getByRole('button', { name: 'Open the menu' }).click();
      await page.getByRole('dialog', { name: 'Menu' }).waitFor();
      await looksRight(page, 'menu');
    }
    await page.getByRole('button', { name: /^Account of /u }).click();
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
    await looksRight(page, 'menu-account');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menuitem')).toHaveCount(0);
    await page.getByRole('link', { name: 'An older conversation' }).hover();
    await page.getByRole('button', { name: 'Actions for An older conversation' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
    await looksRight(page, 'toast');
  });
});

it('answers @phone', async ({ page, chat, vendorLine, complaints }) => {
  complaints.expectLostLine();
  const id = await complete(page.request, 'demo-chat', 'What can an answer hold?');
  await chat.open({ conversation: id });
  await expect(chat.text.locator('.katex-display')).toBeVisible();
  await expect(chat.text.locator('pre span[style], pre span[class]').first()).toBeVisible();
  await looksRight(page, 'answer');
  await chat.answer.getByRole('button', { name: 'Details of this answer' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page.getByRole('dialog').getByRole('row').last()).toBeVisible();
  await looksRight(page, 'receipt');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  await chat.choose('openai');
  await chat.ask('[think 30] [chunks 100] [pace 20ms]');
  await chat.reads('10');
  vendorLine.hold();
  await looksRight(page, 'answer-running');
  await page.context().setOffline(true);
  await expect(page.getByText('No connection to the server.')).toBeVisible();
  await looksRight(page, 'answer-offline');
  await page.context().setOffline(false);
  await expect(page.getByText('No connection to the server.')).toBeHidden();
  vendorLine.break();
  await expect(chat.problem).toBeVisible();
  vendorLine.mend();
  await looksRight(page, 'answer-failed');
  await chat.questions.last().hover();
  await chat.questions.last().getByRole('button', { name: 'Edit question' }).click();
  await expect(page.getByRole('textbox', { name: 'The question in other words' })).toBeVisible();
  await looksRight(page, 'question-edited');
});

it('jobs and settings @phone', async ({ page, person: _ }) => {
  await page.goto('/jobs');
  await expect(page.getByText('Nothing has been made yet')).toBeVisible();
  await looksRight(page, 'jobs-empty');
  await complete(page.request, 'gpt-6-luna', '[chunks 3]');
  await complete(page.request, 'demo-chat', 'Write 20 words');
  await page.reload();
  await page.getByRole('button', { name: 'Actions for Answer by GPT-6 Luna' }).click();
  await expect(page.getByRole('menuitem', { name: 'Receipt' })).toBeVisible();
  await looksRight(page, 'jobs-menu');
  await page.getByRole('menuitem', { name: 'Receipt' }).click();
  await expect(page.getByRole('row').last()).toBeVisible();
  await looksRight(page, 'jobs-receipt');
  await page.getByRole('combobox', { name: 'Show' }).click();
  await expect(page.getByRole('option').first()).toBeVisible();
  await looksRight(page, 'jobs-filter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('option')).toHaveCount(0);
  await page.getByRole('button', { name: 'Actions for Answer by GPT-6 Luna' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await looksRight(page, 'jobs-delete');

  await page.goto('/settings');
  await expect(page.getByText('Starter')).toBeVisible();
  await looksRight(page, 'settings');
});

it('the documentation of the API', async ({ page }) => {
  await page.goto('/docs');
  await expect(page.getByRole('heading', { name: 'Pulse' })).toBeVisible();
  await page
    .getByRole('button', { name: /stream-chat|Ask and get the answer as it is written/u })
    .first()
    .click();
  await expect(page.getByText('The answer goes on when the reader goes away')).toBeVisible();
});
