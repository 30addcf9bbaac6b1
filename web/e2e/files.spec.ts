import type { Page } from '@playwright/test';
import { pdf, picture, text } from './support/files';
import { looksRight } from './support/looks';
import { conversation } from './support/person';
import { expect, it } from './support/test';

// What a question with files would take, before it is sent; and how it shows its files after.

it.slow();

const chips = (page: Page) => page.getByRole('list', { name: 'Attached files' }).getByRole('listitem');

/** Attaches files and waits until they are there. */
async function attach(page: Page, ...files: ReturnType<typeof text>[]): Promise<void> {
  await page.locator('input[type=file]').last().setInputFiles(files);
  await expect(chips(page)).toContainText(files.map(({ name }) => name));
  // The first PDF that a server reads takes it some seconds.
  await expect(chips(page).getByRole('progressbar')).toHaveCount(0, { timeout: 30_000 });
}

it('says what the question takes, file by file and in all @phone', async ({ chat, page }) => {
  await chat.open();
  await attach(page, text('log.txt', 'word '.repeat(5000)), pdf('report.pdf'), picture('chart.png', 640, 480));
  await expect(chips(page).nth(0)).toContainText(/5,\d{3} tokens/u);
  await expect(chips(page).nth(1)).toContainText(/1 page · \d+ tokens/u);
  await expect(page.getByText(/^≈ [\d,]+ tokens · US\$0\.0\d+$/u)).toBeVisible();
  await looksRight(page, 'files-counted');
  const show = page.getByRole('button', { name: 'Show log.txt' });
  await show.click();
  await expect(page.getByRole('dialog', { name: 'log.txt' })).toContainText('word word');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(show).toBeFocused();
  await chat.choose('demo');
  await expect(page.getByText(/^≈ [\d,]+ tokens · US\$0\.00$/u)).toBeVisible(); // another model, another price
});

it('says when it does not fit, and hands over to a model with more room @phone', async ({ chat, page }) => {
  await chat.open();
  await page.route('**/api/v1/chat/count', async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      json: { ...(await response.json()), fits: route.request().postDataJSON().model !== 'gpt-6-luna' },
    });
  });
  await attach(page, text('log.txt', 'word '.repeat(500)));
  await expect(page.getByText(/^This is too long for GPT-6 Luna/u).last()).toBeVisible();
  await chat.composer.fill('And?');
  await expect(chat.send).toBeDisabled();
  await looksRight(page, 'files-too-long');
  await page.getByRole('button', { name: /^Use /u }).click();
  await expect(page.getByText(/^This is too long/u)).toHaveCount(0);
  await expect(chat.send).toBeEnabled();
});

it('what the server has no more drops out of the draft, and says so', async ({ chat, complaints, page }) => {
  complaints.expectStatus(400, '/api/v1/chat/count');
  await chat.open();
  await attach(page, text('here.txt'), text('gone.txt'));
  await expect(chips(page).last()).toContainText('tokens');
  const key = await page.evaluate(() => Object.keys(localStorage).find((name) => name.endsWith('.files')) ?? '');
  const stored = JSON.parse((await page.evaluate((name) => localStorage.getItem(name), key)) ?? '[]');
  await page.request.delete(`/api/v1/files/${stored[1].file.id}`);
  await page.reload();
  await expect(chips(page)).toHaveText([/here\.txt/u]);
  await expect(page.getByText('No longer there: gone.txt')).toBeVisible();
  await expect(chips(page)).toContainText('tokens');
});

it('shows them with the question; pictures and texts open over the page, a PDF in a tab @phone', async ({
  chat,
  complaints,
  context,
  page,
}) => {
  complaints.expectStatus(404, '/favicon.ico'); // a PDF in a tab of its own names no icon
  await chat.open();
  await attach(
    page,
    picture('landscape.png', 640, 400),
    text('notes-of-a-very-long-meeting-that-nobody-remembers.md', '# Notes\n\nA line.\n'.repeat(80)),
    pdf('report.pdf'),
  );
  await chat.composer.fill('What do they say?');
  await chat.composer.press('Enter');
  await chat.ended();
  const question = chat.questions.last();

  const show = question.getByRole('button', { name: 'Show landscape.png' });
  await expect(show.locator('img')).toHaveJSProperty('complete', true);
  await show.scrollIntoViewIfNeeded();
  await looksRight(page, 'files-sent');
  await show.click();
  const dialog = page.getByRole('dialog', { name: 'landscape.png' });
  await expect(dialog.getByRole('img', { name: 'landscape.png' })).toHaveJSProperty('naturalWidth', 640);
  await looksRight(page, 'files-picture');
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByText('Download').click()]);
  expect(download.suggestedFilename()).toBe('landscape.png');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(show).toBeFocused();

  await question.getByRole('button', { name: /notes-of/u }).click();
  const notes = page.getByRole('dialog', { name: /notes-of/u });
  await expect(notes).toContainText('A line.');
  await looksRight(page, 'files-text');
  await page.keyboard.press('Escape');
  await expect(notes).toBeHidden();

  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    question.getByRole('link', { name: /report\.pdf/u }).click(),
  ]);
  expect(tab.url()).toContain('/api/v1/files/');
  await tab.close();

  await page.reload();
  await expect(show.locator('img')).toHaveJSProperty('naturalWidth', 640);
});

it('several pictures are tiles, and another answer sees them, too @phone', async ({ chat, page }) => {
  await chat.open();
  await attach(page, ...['one', 'two', 'three'].map((name, at) => picture(`${name}.png`, 200 + 200 * at, 300)));
  await chat.composer.fill('[see]');
  await chat.composer.press('Enter');
  await chat.ended();
  const seen = 'I see image/png 200x300, image/png 400x300, image/png 600x300.';
  await chat.reads(seen);
  await looksRight(page, 'files-tiles');
  await page.getByRole('button', { name: 'Answer again' }).first().click();
  await chat.endsWhole(seen);
  expect((await conversation(page.request, chat.id)).messages).toHaveLength(3);
});

it('what is dropped while a question is edited goes with that question', async ({ chat, page }) => {
  await chat.open();
  await chat.ask('Hello');
  await chat.ended();
  await chat.questions.last().getByRole('button', { name: 'Edit question' }).click();
  const editor = page.getByRole('form', { name: 'Edit the question' });
  await expect(editor).toBeVisible();
  await page.locator('body').evaluate((body) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['a'], 'dropped.txt', { type: 'text/plain' }));
    body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
  });
  await expect(editor.getByRole('listitem')).toContainText('dropped.txt');
  await expect(chips(page)).toHaveCount(1);
});

it('undo right after a long paste makes it a text, and once more takes it back', async ({ chat, page }) => {
  await chat.open();
  await chat.composer.fill('Before ');
  await chat.composer.evaluate((element, words) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', words);
    element.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }));
  }, 'x'.repeat(5000));
  await expect(chips(page)).toContainText('Pasted text.txt');
  await chat.composer.press('ControlOrMeta+z');
  await expect(chat.composer).toHaveValue(`Before ${'x'.repeat(5000)}`);
  await expect(chips(page)).toHaveCount(0);
  await chat.composer.press('ControlOrMeta+z');
  await expect(chat.composer).toHaveValue('Before ');
});
