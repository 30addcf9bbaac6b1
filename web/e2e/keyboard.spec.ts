import type { Locator, Page } from '@playwright/test';
import { Chat } from './support/chat';
import { somebody } from './support/person';
import { expect, it } from './support/test';

/** Presses Tab until the focus is there, as a person without a mouse does. */
async function tabTo(page: Page, target: Locator, most = 25): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < most; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
    await page.keyboard.press('Tab');
  }
  await expect(target, `reached by ${most} tabs`).toBeFocused();
}

it('the main path by keyboard alone', async ({ newDevice, page, person: first }) => {
  const other = await newDevice();
  const { keyboard } = other;
  const chat = new Chat(other);
  const me = somebody('Grace Hopper');

  await it.step('register', async () => {
    await other.goto('/register');
    await tabTo(other, other.getByLabel('Name'));
    await keyboard.type(me.name);
    await keyboard.press('Tab');
    await keyboard.type(me.email);
    await keyboard.press('Tab');
    await keyboard.type(me.password);
    await keyboard.press('Enter');
    await expect(chat.composer).toBeFocused();
  });

  await it.step('choose a model', async () => {
    await tabTo(other, chat.picker, 40);
    await keyboard.press('Enter');
    await expect(other.getByRole('combobox', { name: 'Search models' })).toBeFocused();
    await keyboard.type('Opus 4.6');
    await expect(other.getByRole('option')).toHaveCount(1);
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await expect(chat.picker).toHaveAccessibleName('Model: Claude Opus 4.6');
  });

  await it.step('ask, and stop', async () => {
    await expect(other.getByRole('listbox')).toBeHidden();
    await keyboard.press('/');
    await expect(chat.composer).toBeFocused();
    await keyboard.type('[chunks 5000] [pace 20ms]');
    await keyboard.press('Shift+Enter');
    await keyboard.type('second line');
    await expect(chat.composer).toHaveValue('[chunks 5000] [pace 20ms]\nsecond line');
    await keyboard.press('Enter');
    await chat.reads('1 2 3');
    await keyboard.press('Escape');
    await expect(chat.answer).toContainText('Stopped. What came is kept.');
    await expect(chat.composer).toBeFocused();
  });

  await it.step('put the last question in other words', async () => {
    await keyboard.press('ArrowUp');
    const editor = other.getByRole('textbox', { name: 'The question in other words' });
    await expect(editor).toBeFocused();
    await keyboard.press('Escape');
    await expect(editor).toBeHidden();
    await expect(chat.composer).toBeFocused();
    await keyboard.press('ArrowUp');
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('[chunks 4]');
    await keyboard.press('Enter');
    await chat.endsWhole('1 2 3 4');
  });

  await it.step('the palette and the help', async () => {
    await keyboard.press('ControlOrMeta+k');
    await expect(other.getByRole('combobox', { name: 'Search for a command or a conversation' })).toBeFocused();
    await keyboard.type('dark');
    await keyboard.press('Enter');
    await expect(other.locator('html')).toHaveClass(/dark/u);
    await keyboard.press('ControlOrMeta+k');
    await expect(other.getByRole('combobox', { name: 'Search for a command or a conversation' })).toBeFocused();
    await keyboard.type('shortcuts');
    await keyboard.press('Enter');
    const help = other.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(help).toBeVisible();
    await keyboard.press('Escape');
    await expect(help).toBeHidden();
  });

  await it.step('a new chat, and back to the old one', async () => {
    await keyboard.press('ControlOrMeta+Shift+o');
    await expect(other).toHaveURL('/chat');
    await expect(chat.composer).toBeFocused();
    await tabTo(other, other.getByRole('link', { name: 'Skip to the content' }), 40);
    await tabTo(other, other.getByRole('link', { name: '[chunks 5000] [pace 20ms]' }), 40);
    await keyboard.press('Enter');
    await expect(chat.text).toHaveText('1 2 3 4');
  });

  await it.step('sign out', async () => {
    await tabTo(other, other.getByRole('button', { name: `Account of ${me.name}` }), 40);
    await keyboard.press('Enter');
    await expect(other.locator('[role=menu]:focus, [role=menu] :focus')).toBeVisible();
    await keyboard.press('End');
    await expect(other.getByRole('menuitem', { name: 'Sign out' })).toBeFocused();
    await keyboard.press('Enter');
    await expect(other.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
  });
  await expect(page, `${first.name} did nothing`).toHaveURL('about:blank');
});
