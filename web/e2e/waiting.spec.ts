import { Chat } from './support/chat';
import { looksRight } from './support/looks';
import { conversation, lastMessage } from './support/person';
import { expect, it } from './support/test';
import { numbers } from './support/vendors';

// A second question while an answer is being written.

const long = '[chunks 2000] [pace 20ms]';
const asked = (chat: Chat) => chat.questions.locator('p').allTextContents();
const list = (chat: Chat) => chat.page.getByRole('region', { name: 'Waiting questions' });

/** Sends while an answer runs. */
async function sendMeanwhile(chat: Chat, question: string, key = 'Enter'): Promise<void> {
  await chat.composer.fill(question);
  await chat.composer.press(key);
  await expect(chat.composer).toHaveValue('');
}

it('waits and is asked when the answer is complete, one after the other @phone', async ({ page, chat }) => {
  await chat.open();
  await chat.ask('[chunks 60] [pace 20ms]');
  await sendMeanwhile(chat, 'Second one');
  await sendMeanwhile(chat, 'Third one');
  await expect(list(chat).getByRole('listitem')).toHaveText([/Second one/u, /Third one/u]);
  await expect(list(chat)).toContainText('Wait for the answer');
  await expect(chat.stop).toBeVisible();
  await looksRight(page, 'waiting');
  await expect(chat.questions).toHaveCount(3);
  await chat.endsWhole('You said: Third one');
  await expect(list(chat)).toBeHidden();
  expect(await asked(chat)).toEqual(['[chunks 60] [pace 20ms]', 'Second one', 'Third one']);
  expect((await conversation(page.request, chat.id)).messages).toHaveLength(6);
});

it('is asked at once on demand, and what came of the answer stays @phone', async ({ chat, page }) => {
  await chat.open();
  await chat.ask(long);
  await chat.reads('1 2 3');
  await sendMeanwhile(chat, 'One that waits');
  await sendMeanwhile(chat, 'Wait no more');
  await list(chat).getByRole('listitem').last().getByRole('button', { name: 'Send now' }).click();
  await expect(chat.questions.last()).toContainText('One that waits');
  await chat.endsWhole('You said: One that waits');
  expect(await asked(chat)).toEqual([long, 'Wait no more', 'One that waits']);
  const { messages } = await conversation(page.request, chat.id);
  expect(messages?.map(({ status }) => status).filter((status) => status === 'cancelled')).toHaveLength(1);
  await expect(chat.answers.first()).toContainText('Stopped. What came is kept.');
});

it('Ctrl+Enter interrupts, also before the first word', async ({ chat, vendorLine }) => {
  await chat.open();
  vendorLine.hold();
  await chat.ask(long);
  await sendMeanwhile(chat, 'Never mind, this', 'ControlOrMeta+Enter');
  await expect(chat.answers.first()).toContainText('Stopped before the first word.');
  vendorLine.mend();
  await chat.endsWhole('You said: Never mind, this');
});

it('the person chooses that a question interrupts', async ({ chat, page }) => {
  await page.goto('/settings');
  await page.getByRole('radio', { name: 'Interrupts' }).click();
  await chat.open();
  await chat.ask(long);
  await chat.reads('1 2 3');
  await sendMeanwhile(chat, 'At once');
  await chat.endsWhole('You said: At once');
  await page.goto('/settings');
  await expect(page.getByRole('radio', { name: 'Interrupts' })).toBeChecked();
});

it('goes back into the input, or away', async ({ chat }) => {
  await chat.open();
  await chat.ask(long);
  await chat.reads('1 2 3');
  await sendMeanwhile(chat, 'To be edited');
  await sendMeanwhile(chat, 'To be removed');
  await chat.composer.fill('typed since');
  await list(chat).getByRole('button', { name: 'Edit the waiting question' }).first().click();
  await expect(chat.composer).toHaveValue('To be edited\n\ntyped since');
  await expect(chat.composer).toBeFocused();
  await list(chat).getByRole('button', { name: 'Remove the waiting question' }).click();
  await expect(list(chat)).toBeHidden();
});

it('after Stop or a failure it asks what to do @phone', async ({ chat, page, vendorLine }) => {
  await chat.open();
  await chat.ask(long);
  await chat.reads('1 2 3');
  await sendMeanwhile(chat, '[chunks 9] [pace 1s]');
  await sendMeanwhile(chat, 'Last one');
  await chat.stop.click();
  await expect(chat.answer).toContainText('Stopped. What came is kept.');
  await expect(list(chat)).toContainText('Not asked, because');
  await looksRight(page, 'waiting-held');
  await expect(chat.questions).toHaveCount(1);

  await list(chat).getByRole('button', { name: 'Send it' }).first().click();
  await expect(chat.questions).toHaveCount(2);
  await chat.reads('1 2');
  vendorLine.break();
  await expect(chat.problem).toBeVisible();
  vendorLine.mend();
  await expect(list(chat)).toContainText('Not asked, because');
  await expect(chat.questions).toHaveCount(2);
  await list(chat).getByRole('button', { name: 'Send it' }).click();
  await chat.endsWhole('You said: Last one');
});

it('survives a reload and another conversation', async ({ chat, page, vendorLine }) => {
  await chat.open();
  await chat.ask('[chunks 80] [pace 20ms]');
  await chat.reads('1 2 3');
  vendorLine.hold();
  await sendMeanwhile(chat, 'Still there');
  await page.reload();
  await expect(list(chat)).toContainText('Still there');
  const { id } = chat;
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await expect(list(chat)).toBeHidden();
  vendorLine.mend();
  await expect.poll(async () => (await lastMessage(page.request, id)).status).toBe('completed');
  expect((await conversation(page.request, id)).messages).toHaveLength(2); // nobody looks, nobody asks
  await page.goBack();
  await chat.endsWhole('You said: Still there');
});

it('a question in a new conversation waits also before that has an id', async ({ chat, page, vendorLine }) => {
  await chat.open();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/api/v1/chat/stream', async (route) => {
    await held;
    await route.continue();
  });
  await chat.ask('[chunks 3]');
  await sendMeanwhile(chat, 'And then');
  await expect(list(chat)).toContainText('And then');
  release();
  vendorLine.mend();
  await chat.endsWhole('You said: And then');
  expect(await asked(chat)).toEqual(['[chunks 3]', 'And then']);
});

it('two tabs ask it once', async ({ chat, context, page }) => {
  await chat.open();
  await chat.ask('[chunks 100] [pace 20ms]');
  await chat.reads(numbers(5));
  const other = new Chat(await context.newPage());
  await other.open({ conversation: chat.id });
  await other.running();
  await sendMeanwhile(chat, 'Only once');
  await expect(list(other)).toContainText('Only once');
  await Promise.all([chat, other].map((each) => each.endsWhole('You said: Only once')));
  expect(await asked(other)).toEqual(['[chunks 100] [pace 20ms]', 'Only once']);
  expect((await conversation(page.request, chat.id)).messages).toHaveLength(4);
});
