import type { Locator, Page } from '@playwright/test';
import type { Chat } from './support/chat';
import { bring, brought, picture, text } from './support/files';
import { looksRight } from './support/looks';
import { conversation, lastMessage } from './support/person';
import { expect, it } from './support/test';

// Models that make pictures answer in the conversation. What the stand-in does, the prompt decides: see
// internal/provider/standin/picture_script.go.

const making = (chat: Chat) => chat.answer.getByText('The picture is being made…');
const shown = (chat: Chat): Locator => chat.answer.getByRole('button', { name: /^Open the picture/u });
const line = (page: Page) => page.getByText(/^Makes a picture/u);

async function made(chat: Chat): Promise<void> {
  await chat.ended();
  await expect(shown(chat).locator('img')).toHaveJSProperty('complete', true);
}

it('a picture comes into its place, opens, and is changed @phone', async ({ chat, page }) => {
  await chat.open({ model: 'painter' });
  await expect(line(page)).toHaveText(/^Makes a picture · about US\$0\.04 · \d+ left this month$/u);
  await expect(chat.composer).toHaveAttribute('placeholder', 'Describe a picture');
  await chat.ask('A quiet harbour [delay 5s]');
  await expect(making(chat)).toBeVisible();
  const place = await making(chat).locator('..').boundingBox();
  await looksRight(page, 'picture-making');
  await made(chat);
  await page.emulateMedia({ colorScheme: 'light' });
  const box = await shown(chat).boundingBox();
  expect([box?.width, box?.height].map(Math.round as never)).toEqual(
    [place?.width, place?.height].map(Math.round as never),
  );
  await looksRight(page, 'picture-made');
  const message = await lastMessage(page.request, chat.id);
  expect(message).toMatchObject({ status: 'completed', content: '', files: [{ kind: 'image', width: 1024 }] });

  await shown(chat).click();
  const viewer = page.getByRole('dialog', { name: 'Picture' });
  await expect(viewer.getByText('A quiet harbour [delay 5s]')).toBeVisible();
  await expect(viewer.getByText('1024 × 1024')).toBeVisible();
  await expect(viewer.getByRole('heading', { name: 'Picture' })).toBeFocused();
  await expect(viewer.getByText(/^US\$0\.0\d+$/u)).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Copy link' })).toBeVisible();
  await looksRight(page, 'picture-open');
  await page.keyboard.press('Escape');
  await expect(shown(chat)).toBeFocused();

  await expect(line(page)).toHaveText(/^Makes a picture from the last one here/u);
  await chat.answer.getByRole('button', { name: 'Edit' }).click();
  await expect(page.getByRole('list', { name: 'Attached files' }).getByRole('listitem')).toHaveCount(1);
  await expect(line(page)).toHaveText(/^Makes a picture from those attached/u);
  await expect(chat.composer).toBeFocused();
  await looksRight(page, 'picture-changing');
  await chat.ask('At night');
  await made(chat);
  expect(await lastMessage(page.request, chat.id)).toMatchObject({
    files: [{ origin: { edited: true, prompt: 'At night' } }],
  });
  await looksRight(page, 'picture-changed');
});

it('is there after a reload, made or not', async ({ chat, page }) => {
  await chat.open({ model: 'painter' });
  await chat.ask('A lighthouse [delay 3s]');
  await expect(making(chat)).toBeVisible();
  await expect(page).toHaveURL(/\/chat\/./u);
  await page.reload();
  await expect(making(chat)).toBeVisible();
  await made(chat);
  await page.reload();
  await expect(shown(chat).locator('img')).toHaveJSProperty('complete', true);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    chat.answer.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('A lighthouse [delay 3s].png');
});

it('what fails says why and is tried again', async ({ chat, page }) => {
  await chat.open({ model: 'painter' });
  await chat.ask('[block 1] A boat');
  await chat.ended();
  await expect(chat.problem).toContainText('declined to make this picture');
  await looksRight(page, 'picture-failed');
  await chat.answer.getByRole('button', { name: 'Change the words' }).click();
  await expect(page.getByRole('textbox', { name: 'The question in other words' })).toBeFocused();
  await page.keyboard.press('Escape');
  await chat.answer.getByRole('button', { name: 'Try again' }).click();
  await made(chat);
});

it('what has to wait says how long', async ({ chat }) => {
  await chat.open({ model: 'painter' });
  await chat.ask('[status 429 retry 60] A boat');
  await chat.ended();
  const again = chat.answer.getByRole('button', { name: /^Try again in /u });
  await expect(again).toHaveAttribute('aria-disabled', 'true');
});

it('is stopped', async ({ chat }) => {
  await chat.open({ model: 'painter' });
  await chat.ask('[stall] A boat');
  await expect(making(chat)).toBeVisible();
  await chat.stop.click();
  await chat.ended();
  await expect(chat.answer).toContainText('Stopped before the picture was there.');
  await expect(chat.answer).not.toContainText('tokens');
});

it('words and pictures take turns, and settings for words are kept', async ({ chat, page }) => {
  await chat.open({ model: 'openai' });
  await page.getByRole('button', { name: 'Settings of this conversation' }).click();
  const drawer = page.getByRole('dialog', { name: 'Settings of this conversation' });
  await drawer.getByLabel('Longest answer, in tokens').fill('700');
  await drawer.getByRole('button', { name: 'Close' }).click();
  await chat.ask('[chunks 2]');
  await chat.endsWhole('1 2');
  await chat.choose('painter');
  await page.getByRole('button', { name: 'Settings of this conversation' }).click();
  await expect(drawer.getByText('makes a picture of what you write')).toBeVisible();
  await expect(drawer.getByLabel('Longest answer, in tokens')).toHaveCount(0);
  await looksRight(page, 'picture-settings');
  await drawer.getByRole('button', { name: 'Close' }).click();
  await chat.ask('A boat');
  await made(chat);
  await chat.choose('openai');
  await chat.ask('[see]');
  await chat.reads('I see image/png 1024x1024');
  const { settings } = (await conversation(page.request, chat.id)) as { settings?: object };
  expect(settings).toMatchObject({ max_tokens: 700 });
});

it('files that are no pictures are refused before they are sent', async ({ chat, page }) => {
  await chat.open({ model: 'painter' });
  await bring(chat.composer, 'paste', { files: [brought(picture('image.png'))] });
  await expect(page.getByRole('list', { name: 'Attached files' }).getByRole('progressbar')).toHaveCount(0);
  await expect(chat.send).toBeDisabled(); // a picture alone says nothing of what to make
  await page.locator('input[type=file]').last().setInputFiles(text('words.txt'));
  await chat.composer.fill('Paint it');
  await expect(page.getByText('takes pictures and no other files.').last()).toBeVisible();
  await expect(chat.send).toBeDisabled();
});

it('models that make pictures stand by themselves in the list @phone', async ({ chat, page }) => {
  await chat.open({ model: 'painter' });
  await chat.picker.click();
  await expect(
    page.getByRole('option', { name: /GPT Image 2.6 Flare.*about US\$0\.04 · 1024 × 1024/u }).first(),
  ).toBeVisible();
  await looksRight(page, 'picture-models');
});

it('read from right to left', async ({ chat, page }) => {
  await chat.open({ model: 'painter' });
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  await chat.ask('مركب');
  await made(chat);
  await looksRight(page, 'picture-rtl');
});

it('the demo draws, too, and says that it is one', async ({ chat, page }) => {
  await chat.open({ model: 'painter' });
  await chat.picker.click();
  await page.getByRole('combobox', { name: 'Search models' }).fill('Demo · pictures');
  await page.getByRole('option', { name: /^Demo/u }).click();
  await chat.ask('A windmill');
  await made(chat);
  await shown(chat).click();
  await expect(page.getByText('Drawn by Pulse’s demo, not by a model.')).toBeVisible();
});
