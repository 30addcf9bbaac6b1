import { looksRight } from './support/looks';
import { complete, conversation } from './support/person';
import { expect, it } from './support/test';

// Words lead to the message that they are in.

it('words of an answer are found, marked, and shown where they are @phone', async ({ page, chat, isMobile }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'Where is the Café Orion?');
  for (let i = 0; i < 8; i += 1) {
    const answer = await page.request.post('/api/v1/chat/complete', {
      data: { model: 'gpt-6-luna', conversation_id: id, messages: [{ role: 'user', content: `[chunks 200] ${i}` }] },
    });
    expect(answer.status(), await answer.text()).toBe(200);
  }
  await complete(page.request, 'gpt-6-luna', 'Something else');
  await chat.open();
  if (isMobile) {
    await page.getByRole('button', { name: 'Open the menu' }).click();
  }
  const field = page.getByRole('searchbox', { name: 'Search conversations' });
  await field.fill('cafe ori');
  const results = page.getByRole('region', { name: 'Conversations' }).getByRole('link');
  await expect(results).toHaveCount(1);
  await expect(results.locator('mark').first()).toHaveText('Café');
  await looksRight(page, 'search');
  await field.press('ArrowDown');
  await expect(results.first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/chat/${id}`, 'u'));
  await expect(chat.questions.first()).toBeInViewport();
  await page.reload();
  await expect(chat.questions.first()).toBeInViewport();
  await expect(chat.questions.first()).toContainText('Café Orion');
});

it('a message on another branch is shown, and looking writes nothing', async ({ page, chat }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'The first wording, about herons');
  await chat.open({ conversation: id });
  await chat.ended();
  await chat.questions.last().hover();
  await chat.questions.last().getByRole('button', { name: 'Edit question' }).click();
  await page.getByRole('textbox', { name: 'The question in other words' }).fill('The second wording, about storks');
  await page.keyboard.press('Enter');
  await chat.reads('storks');
  await chat.ended();
  const { head_id: head } = await conversation(page.request, id);

  await page.getByRole('searchbox', { name: 'Search conversations' }).fill('herons');
  const results = page.getByRole('region', { name: 'Conversations' }).getByRole('link');
  await expect(results).toHaveCount(1);
  await expect(results.locator('mark').first()).toHaveText('herons');
  await results.first().click();
  await expect(chat.questions).toContainText(['about herons']);
  await expect(page).toHaveURL(/#m-/u);
  await page.reload();
  await expect(chat.questions).toContainText(['about herons']);
  expect((await conversation(page.request, id)).head_id).toBe(head);
  await chat.questions.last().getByRole('button', { name: 'Next version' }).click();
  await expect(chat.questions).toContainText(['about storks']);
  await expect(page).toHaveURL(new RegExp(`/chat/${id}$`, 'u'));
});

it('nothing found says what was searched, and Esc leads back @phone', async ({ page, chat, isMobile }) => {
  await complete(page.request, 'gpt-6-luna', 'The only one');
  await chat.open();
  if (isMobile) {
    await page.getByRole('button', { name: 'Open the menu' }).click();
  }
  const field = page.getByRole('searchbox', { name: 'Search conversations' });
  await field.fill('zebra crossing');
  await expect(page.getByText('No title and no message has “zebra crossing” in it.')).toBeVisible();
  await looksRight(page, 'search-none');
  await field.press('Escape');
  await expect(field).toHaveValue('');
  await expect(field).toBeFocused();
  await expect(page.getByRole('link', { name: 'The only one' })).toBeVisible();
});

it('the palette finds conversations by their words', async ({ page, chat }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'A question about otters');
  await chat.open();
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Search for a command or a conversation' })).toBeFocused();
  await page.keyboard.type('otters');
  const found = page.getByRole('option', { name: 'A question about otters' });
  await expect(found).toBeVisible();
  await expect(page.getByRole('listbox').getByText('Conversations')).toBeVisible();
  await looksRight(page, 'palette-search');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/chat/${id}`, 'u'));
  await expect(chat.text).toContainText('otters');
});
