import { Chat } from './support/chat';
import { complete, conversation } from './support/person';
import { expect, it } from './support/test';

it('a draft survives a reload, one for each conversation', async ({ page, chat }) => {
  const id = await complete(page.request, 'gpt-6-luna', '[chunks 3]');
  await chat.open();
  await chat.composer.fill('For a new conversation');
  await page.reload();
  await expect(chat.composer).toHaveValue('For a new conversation');
  await chat.open({ conversation: id });
  await expect(chat.composer).toHaveValue('');
  await chat.composer.fill('For this one');
  await page.getByRole('link', { name: 'New chat' }).click();
  await expect(chat.composer).toHaveValue('For a new conversation');
  await page.goBack();
  await expect(chat.composer).toHaveValue('For this one');
});

it('a deleted conversation comes back by Undo', async ({ page, chat }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'To be kept');
  await chat.open({ conversation: id });
  const item = page.getByRole('link', { name: 'To be kept' });
  await item.hover();
  await page.getByRole('button', { name: 'Actions for To be kept' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(item).toBeHidden();
  await expect(page).toHaveURL('/chat');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(item).toBeVisible();
  await item.click();
  await expect(chat.text).toContainText('You said: To be kept');
});

it('a conversation that is deleted stays deleted, also when the page is left at once', async ({ page, chat }) => {
  await complete(page.request, 'gpt-6-luna', 'To be deleted');
  await chat.open();
  const item = page.getByRole('link', { name: 'To be deleted' });
  await item.hover();
  await page.getByRole('button', { name: 'Actions for To be deleted' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(item).toBeHidden();
  await page.reload();
  await expect(page.getByText('Your conversations are kept here.')).toBeVisible();
});

it('a conversation is renamed and found by its name', async ({ page, chat }) => {
  await complete(page.request, 'gpt-6-luna', 'First one');
  await complete(page.request, 'gpt-6-luna', 'Second one');
  await chat.open();
  await page.getByRole('link', { name: 'First one' }).hover();
  await page.getByRole('button', { name: 'Actions for First one' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const title = page.getByRole('textbox', { name: 'Title of the conversation' });
  await expect(title).toBeFocused();
  await title.fill('Überblick');
  await title.press('Enter');
  await expect(page.getByRole('link', { name: 'Überblick' })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search conversations' }).fill('überb');
  await expect(page.getByRole('link', { name: 'Second one' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Überblick' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('link', { name: 'Überblick' })).toBeVisible();
});

it('another answer to the same question is a branch', async ({ page, chat }) => {
  await chat.open();
  await chat.ask('[chunks 3]');
  await chat.ended();
  await chat.choose('anthropic');
  await chat.answer.getByRole('button', { name: 'Answer again' }).click();
  await expect(chat.answer).toContainText('2 of 2');
  await chat.ended();
  await expect(chat.answer).toHaveAccessibleName('Answer from Claude Opus 4.6');
  await expect(chat.answers).toHaveCount(1);
  await chat.answer.getByRole('button', { name: 'Previous version' }).click();
  await expect(chat.answer).toHaveAccessibleName('Answer from GPT-6 Luna');
  await expect(chat.answer).toContainText('1 of 2');
  await expect.poll(async () => (await conversation(page.request, chat.id)).messages?.length).toBe(3);
  await page.reload();
  await expect(chat.answer).toContainText('1 of 2');
});

it('an edited question is a branch', async ({ page, chat }) => {
  await chat.open();
  await chat.ask('Frist thought');
  await chat.ended();
  await chat.questions.last().hover();
  await chat.questions.last().getByRole('button', { name: 'Edit question' }).click();
  const editor = page.getByRole('textbox', { name: 'The question in other words' });
  await expect(editor).toBeFocused();
  await expect(editor).toHaveValue('Frist thought');
  await editor.fill('First thought');
  await editor.press('Enter');
  await expect(chat.text).toHaveText('You said: First thought');
  await expect(chat.questions).toHaveCount(1);
  await expect(chat.questions.last()).toContainText('2 of 2');
  await chat.questions.last().hover();
  await chat.questions.last().getByRole('button', { name: 'Previous version' }).click();
  await expect(chat.text).toHaveText('You said: Frist thought');
  await page.reload();
  await expect(chat.questions.last()).toContainText('Frist thought');
});

it('what a first question began, all devices list', async ({ chat, secondDevice }) => {
  await chat.open();
  await chat.ask('A question with a title');
  await chat.ended();
  await expect(chat.page.getByRole('link', { name: 'A question with a title' })).toBeVisible();
  const other = new Chat(await secondDevice());
  await other.page.goto('/');
  await other.page.getByRole('link', { name: 'A question with a title' }).click();
  await expect(other.text).toHaveText('You said: A question with a title');
});

it('an answer is a document in which nothing runs and nothing is fetched', async ({ page, chat }) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('example.org')) {
      fetched.push(request.url());
    }
  });
  await chat.open();
  const nasty =
    '<img src=x onerror=alert(1)> <script>alert(2)</script> ![a](https://example.org/a.png) [b](javascript:alert(3))';
  await chat.ask(nasty);
  await chat.ended();
  await expect(chat.text).toContainText('<script>alert(2)</script>');
  await expect(chat.text.locator('script, img[onerror], a[href^="javascript"]')).toHaveCount(0);
  expect(fetched).toEqual([]);
});
