import type { Page } from '@playwright/test';
import { models } from './support/chat';
import { bring, brought, type Picked, picture, text } from './support/files';
import { looksRight } from './support/looks';
import { conversation, lastMessage } from './support/person';
import { expect, it } from './support/test';

// Files go with questions: how they come, what is said of them, and that none is lost.

const upload = '**/api/v1/files';
const chips = (page: Page) => page.getByRole('list', { name: 'Attached files' }).getByRole('listitem');
const input = (page: Page) => page.locator('input[type=file]').last();

async function attach(page: Page, files: Picked | Picked[]): Promise<void> {
  await input(page).setInputFiles(files);
}

async function ready(page: Page, names: (string | RegExp)[]): Promise<void> {
  await expect(chips(page)).toContainText(names);
  await expect(chips(page).getByRole('progressbar')).toHaveCount(0);
}

/** Counts uploads. */
function uploads(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/v1/files')) {
      seen.push(request.url());
    }
  });
  return seen;
}

it('are picked and sent, and the model gets them @phone', async ({ chat, page }) => {
  await chat.open();
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Attach files' }).click(),
  ]);
  await chooser.setFiles([text('numbers.csv'), picture('small.png')]);
  await ready(page, ['numbers.csv', 'small.png']);
  await expect(page.getByRole('status').filter({ hasText: 'attached' })).toHaveText(/attached/u);
  await looksRight(page, 'attached');
  await chat.composer.fill('[see]');
  await chat.composer.press('Enter');
  await expect(chips(page)).toHaveCount(0);
  await chat.ended();
  await chat.reads('I see image/png 12x8');
  const { messages } = await conversation(page.request, chat.id);
  expect(messages?.[0]?.files?.map(({ name, kind }) => [name, kind])).toEqual([
    ['numbers.csv', 'text'],
    ['small.png', 'image'],
  ]);
  await looksRight(page, 'attached-sent');
});

it('go without a word, and name the conversation', async ({ chat, page }) => {
  await chat.open();
  await expect(chat.send).toBeDisabled();
  await attach(page, text('alone.csv'));
  await ready(page, ['alone.csv']);
  await chat.send.click();
  await chat.ended();
  expect((await conversation(page.request, chat.id)).messages?.[0]?.files).toHaveLength(1);
});

it('are pasted and dropped', async ({ chat, page }) => {
  await chat.open();
  await bring(chat.composer, 'paste', { files: [brought(picture('image.png'))] });
  await ready(page, ['Pasted picture.png']);
  await bring(page.locator('body'), 'dragenter', { files: [brought(text('dropped.csv'))] });
  await expect(page.getByText('Drop files to attach them')).toBeVisible();
  await looksRight(page, 'drop');
  await bring(page.locator('body'), 'drop', { files: [brought(text('dropped.csv'))] });
  await expect(page.getByText('Drop files to attach them')).toBeHidden();
  await ready(page, ['Pasted picture.png', 'dropped.csv']);
});

it('a long text that is pasted becomes a file, and a text again @phone', async ({ chat, page }) => {
  await chat.open();
  await chat.composer.fill('Before ');
  const long = 'A line of a log\n'.repeat(120);
  await bring(chat.composer, 'paste', { text: long });
  await ready(page, ['Pasted text.txt']);
  await looksRight(page, 'pasted-text');
  await page.getByRole('button', { name: 'Insert as text' }).click();
  await expect(chat.composer).toHaveValue(`Before ${long}`);
  await expect(chat.composer).toBeFocused();
  await expect(chips(page)).toHaveCount(0);
});

it('a slow upload says how far it is, holds the question, and can be cancelled @phone', async ({ chat, page }) => {
  await chat.open();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(upload, async (route) => {
    await held;
    await route.continue().catch(() => undefined); // one of them has been cancelled
  });
  await chat.composer.fill('What is in it?');
  await attach(page, [text('slow.csv'), text('slower.csv')]);
  await expect(page.getByRole('progressbar', { name: 'Upload of slow.csv' })).toBeVisible();
  await expect(chat.send).toBeDisabled();
  await expect(page.getByText('It can be sent when everything is uploaded.').first()).toBeVisible();
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('What is in it?');
  await looksRight(page, 'uploading');
  await page.getByRole('button', { name: 'Cancel the upload of slow.csv' }).click();
  await expect(page.getByRole('button', { name: 'Cancel the upload of slower.csv' })).toBeFocused();
  release();
  await ready(page, ['slower.csv']);
  await expect(chat.send).toBeEnabled();
});

it('what cannot be attached is refused in words, and nothing of it is sent @phone', async ({ chat, page }) => {
  const sent = uploads(page);
  await chat.open();
  const zip = { name: 'archive.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\u0003\u0004\u0000\u0000') };
  await attach(page, [zip, text('huge.txt', 'x'.repeat(4 * 1024 * 1024 + 1))]);
  await expect(chips(page).first()).toContainText('“archive.zip” cannot be attached.');
  await expect(chips(page).last()).toContainText('4 MB');
  await chat.composer.fill('Well?');
  await expect(chat.send).toBeDisabled();
  await looksRight(page, 'refused-files');
  await page.getByRole('button', { name: 'Remove archive.zip' }).click();
  await expect(page.getByRole('button', { name: 'Remove huge.txt' })).toBeFocused();
  await page.getByRole('button', { name: 'Remove huge.txt' }).click();
  await expect(chat.composer).toBeFocused();
  await expect(chat.send).toBeEnabled();
  expect(sent).toEqual([]);
});

it('an upload that fails can be tried again', async ({ chat, complaints, page }) => {
  await chat.open();
  complaints.expectStatus(503, '/api/v1/files');
  await page.route(upload, (route) => route.fulfill({ status: 503, body: 'away' }), { times: 1 });
  await attach(page, text('again.csv'));
  await page.getByRole('button', { name: 'Try again.csv again' }).click();
  await ready(page, ['again.csv']);
});

it('a picture that is too large for the model is scaled down', async ({ chat, page }) => {
  await chat.open();
  const { items } = await (await page.request.get('/api/v1/chat/models')).json();
  const edge = items.find(({ id }: { id: string }) => id === 'gpt-6-luna').images.max_edge as number;
  await attach(page, picture('wide.png', edge + 400, 40));
  await expect(chips(page)).toContainText('scaled down');
  await ready(page, [`${edge} × `]);
});

it('a model that sees no pictures says so and hands over to one that does @phone', async ({ chat, page }) => {
  await page.route('**/api/v1/chat/models', async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    list.items.find(({ id }: { id: string }) => id === models.demo.id).images = undefined; // all that there are see
    await route.fulfill({ response, json: list });
  });
  await chat.open({ model: 'demo' });
  await attach(page, picture('seen.png'));
  await chat.composer.fill('[see]');
  await expect(page.getByText('does not see pictures.').first()).toBeVisible();
  await expect(chat.send).toBeDisabled();
  await looksRight(page, 'blind');
  await page.getByRole('button', { name: /^Use /u }).click();
  await expect(chat.send).toBeEnabled();
  await chat.send.click();
  await chat.ended();
  await chat.reads('I see image/png 12x8');
});

it('a reload keeps them with the draft', async ({ chat, page }) => {
  await chat.open();
  await attach(page, picture('kept.png'));
  await ready(page, ['kept.png']);
  await page.reload();
  await ready(page, ['kept.png']);
  await chat.composer.fill('[see]');
  await chat.composer.press('Enter');
  await chat.ended();
  await chat.reads('I see image/png 12x8');
});

it('come back with a question that was refused', async ({ chat, complaints, page }) => {
  await chat.open();
  await attach(page, text('back.csv'));
  await ready(page, ['back.csv']);
  const document = { type: 'about:blank', title: 'Not now', status: 422, detail: 'Not now.', request_id: 'r' };
  complaints.expectStatus(422, '/api/v1/chat/stream');
  await page.route('**/api/v1/chat/stream', (route) => route.fulfill({ status: 422, json: document }), { times: 1 });
  await chat.composer.fill('Sum it up');
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('Sum it up');
  await ready(page, ['back.csv']);
  await chat.composer.press('Enter');
  await chat.ended();
  await chat.reads('<file name="back.csv">');
});

it('wait with a question that waits', async ({ chat, page }) => {
  await chat.open();
  await chat.ask('[chunks 60] [pace 20ms]');
  await attach(page, picture('later.png'));
  await ready(page, ['later.png']);
  await chat.composer.fill('[see]');
  await chat.composer.press('Enter');
  await expect(page.getByRole('region', { name: 'Waiting questions' })).toContainText('later.png');
  await expect(chat.questions).toHaveCount(2);
  await chat.ended();
  await chat.reads('I see image/png 12x8');
});

it('an edited question keeps some and gets others @phone', async ({ chat, page }) => {
  await chat.open();
  await attach(page, [text('stays.csv'), text('goes.csv')]);
  await ready(page, ['stays.csv', 'goes.csv']);
  await chat.composer.fill('First words');
  await chat.composer.press('Enter');
  await chat.ended();
  await page.getByRole('button', { name: 'Edit question' }).click();
  const editor = page.getByRole('form', { name: 'Edit the question' });
  await expect(editor.getByRole('listitem')).toContainText(['stays.csv', 'goes.csv']);
  await editor.getByRole('button', { name: 'Remove goes.csv' }).click();
  await editor.locator('input[type=file]').setInputFiles(text('comes.csv'));
  await expect(editor.getByRole('listitem')).toContainText(['stays.csv', 'comes.csv']);
  await looksRight(page, 'edit-files');
  await editor.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(editor).toBeHidden();
  await chat.ended();
  const { parent_id: question } = await lastMessage(page.request, chat.id);
  const { messages } = await conversation(page.request, chat.id);
  const files = messages?.find(({ id }) => id === question)?.files;
  expect(files?.map(({ name }) => name)).toEqual(['stays.csv', 'comes.csv']);
});

it('the palette attaches files', async ({ chat, page }) => {
  await chat.open();
  const chosen = page.waitForEvent('filechooser'); // before the key: to listen takes the browser a moment
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Search for a command or a conversation' })).toBeFocused();
  await page.keyboard.type('Attach files');
  await page.keyboard.press('Enter');
  await (await chosen).setFiles(text('from-palette.csv'));
  await ready(page, ['from-palette.csv']);
});
