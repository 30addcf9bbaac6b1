import { Chat } from './support/chat';
import { lastMessage, somebody } from './support/person';
import { expect, itAlone } from './support/test';

// A server that nobody has used yet, and that has no key.
const it = itAlone(() => ({}));

it('the first day: register, ask, reload in mid-answer, come back tomorrow @phone', async ({ page, isMobile }) => {
  const me = somebody();
  const chat = new Chat(page);
  const openMenu = async () => {
    if (isMobile) {
      await page.getByRole('button', { name: 'Open the menu' }).click();
    }
  };

  await it.step('the first person is the administrator', async () => {
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Set up Pulse' })).toBeVisible();
    await expect(page.getByText('it becomes the administrator')).toBeVisible();
    await page.getByLabel('Name').fill(me.name);
    await page.getByLabel('E-mail').fill(me.email);
    await page.getByLabel('Password', { exact: true }).fill(me.password);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await expect(page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible();
    await page.goto('/settings');
    await expect(page.getByText('Administrator')).toBeVisible();
    await page.goto('/');
  });

  await it.step('the demo says what it is', async () => {
    await expect(page.getByText('This is the built-in demo, not a model.')).toBeVisible();
    await chat.choose('demo');
    await expect(chat.picker).toContainText('Demo');
  });

  await it.step('a streamed answer is a document', async () => {
    await chat.ask('What can an answer hold?');
    await chat.reads('An answer from the demo');
    await chat.running();
    await chat.ended();
    await expect(chat.text.getByRole('heading', { name: 'An answer from the demo' })).toBeVisible();
    await expect(chat.text.getByRole('cell', { name: 'a word of yours' })).toBeVisible();
    await expect(chat.text.locator('pre')).toContainText('func Greet(names ...string)');
    await expect(chat.text.getByRole('button', { name: 'Copy code' })).toBeVisible();
    await expect(chat.text.locator('.katex-display')).toBeVisible();
    await expect(chat.answer.getByText('Demo', { exact: true })).toBeVisible();
  });

  await it.step('a reload in mid-answer loses nothing and repeats nothing', async () => {
    await chat.ask('Write 300 words');
    await chat.reads('Sentence 3');
    await page.reload();
    await chat.reads('Sentence 4');
    await chat.running();
    await chat.ended();
    const { content } = await lastMessage(page.request, chat.id);
    expect(content.split(/\s+/u)).toHaveLength(300);
    await expect(chat.text).toHaveText(content.replaceAll('**', ''), { useInnerText: true });
  });

  await it.step('the conversation is there tomorrow', async () => {
    await openMenu();
    await page.getByRole('button', { name: `Account of ${me.name}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
    await page.getByLabel('E-mail').fill(me.email);
    await page.getByLabel('Password', { exact: true }).fill(me.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible();
    await openMenu();
    await page.getByRole('link', { name: 'What can an answer hold?' }).click();
    await expect(chat.questions).toHaveCount(2);
    await expect(chat.questions.first()).toContainText('What can an answer hold?');
    await expect(chat.text).toContainText('The demo, not a model, writes 300 words:');
  });
});
