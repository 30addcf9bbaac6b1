import { Chat } from './support/chat';
import { complete, lastMessage } from './support/person';
import { expect, it } from './support/test';
import { numbers } from './support/vendors';

// What one tab or device does, the others show by themselves.

it('two tabs and another device show a question at once, and read its answer along', async ({
  page,
  context,
  chat,
  secondDevice,
  vendorLine,
}) => {
  const id = await complete(page.request, 'gpt-6-luna', 'A conversation in three places');
  await chat.open({ conversation: id });
  await chat.ended();
  const tab = new Chat(await context.newPage());
  await tab.open({ conversation: id });
  await tab.ended();
  const device = new Chat(await secondDevice());
  await device.open({ conversation: id });
  await device.ended();

  await chat.ask('[chunks 60] [pace 20ms]');
  await chat.reads('1 2 3');
  vendorLine.hold();
  for (const other of [tab, device]) {
    await expect(other.questions).toHaveCount(2, { timeout: 3000 });
    await other.reads('1 2 3');
    await other.running();
  }
  vendorLine.mend();
  for (const each of [chat, tab, device]) {
    await each.endsWhole(numbers(60));
  }
});

it('titles and new conversations show everywhere', async ({ page, context, chat, secondDevice }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'Before');
  await chat.open({ conversation: id });
  const tab = await context.newPage();
  await tab.goto(`/chat/${id}`);
  const device = await secondDevice();
  await device.goto(`/chat/${id}`);
  for (const each of [tab, device]) {
    await expect(each.getByRole('link', { name: 'Before' })).toBeVisible();
  }
  await page.getByRole('link', { name: 'Before' }).hover();
  await page.getByRole('button', { name: 'Actions for Before' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Title of the conversation' }).fill('After');
  await page.keyboard.press('Enter');
  for (const each of [page, tab, device]) {
    await expect(each.getByRole('link', { name: 'After' })).toBeVisible({ timeout: 3000 });
    await expect(each).toHaveTitle('After · Pulse');
  }
  await complete(page.request, 'gpt-6-luna', 'From a program');
  for (const each of [page, tab, device]) {
    await expect(each.getByRole('link', { name: 'From a program' })).toBeVisible({ timeout: 3000 });
  }
});

it('a conversation that another device deletes says so', async ({ page, chat, secondDevice, complaints }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'Soon gone');
  complaints.expectStatus(404, `/api/v1/conversations/${id}`);
  await chat.open({ conversation: id });
  await chat.ended();
  const device = await secondDevice();
  const answer = await device.request.delete(`/api/v1/conversations/${id}`);
  expect(answer.status()).toBe(204);
  await expect(page.getByRole('alert')).toBeVisible({ timeout: 3000 });
  await expect(page.getByRole('link', { name: 'Soon gone' })).toBeHidden();
  await expect(chat.composer).toBeHidden();
});

it('a browser reads one feed, whichever of its tabs are closed', async ({ page, context, chat }) => {
  const feeds: string[] = [];
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/v1/events') {
      feeds.push(request.url());
    }
  });
  const id = await complete(page.request, 'gpt-6-luna', 'One line');
  await chat.open({ conversation: id });
  const second = await context.newPage();
  await second.goto(`/chat/${id}`);
  const third = await context.newPage();
  await third.goto(`/chat/${id}`);
  await expect(third.getByRole('link', { name: 'One line' })).toBeVisible();
  await expect.poll(() => feeds.length).toBe(1);
  await page.close();
  await expect.poll(() => feeds.length, 'the next tab takes its place').toBe(2);
  await complete(context.request, 'gpt-6-luna', 'Heard by the last two');
  for (const tab of [second, third]) {
    await expect(tab.getByRole('link', { name: 'Heard by the last two' })).toBeVisible({ timeout: 3000 });
  }
  expect(feeds).toHaveLength(2);
});

it('asking costs this tab no second reading of the conversation', async ({ page, chat }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'Read once');
  await chat.open({ conversation: id });
  await chat.ended();
  let trees = 0;
  page.on('request', (request) => {
    trees += new URL(request.url()).pathname === `/api/v1/conversations/${id}` ? 1 : 0;
  });
  await chat.ask('[chunks 30] [pace 20ms]');
  await chat.endsWhole(numbers(30));
  // A later hint about something else comes after those of the answer.
  await complete(page.request, 'gpt-6-luna', 'Asked by a program');
  await expect(page.getByRole('link', { name: 'Asked by a program' })).toBeVisible();
  expect(trees).toBe(0);
  expect((await lastMessage(page.request, id)).status).toBe('completed');
});

it('who is signed out in one tab is signed out in the other', async ({ page, context, chat, complaints }) => {
  complaints.expectStatus(401, '/api/v1/conversations'); // what the other tab asks for in that moment
  await chat.open();
  const tab = await context.newPage();
  await tab.goto('/');
  await expect(tab.getByRole('button', { name: /^Account of /u })).toBeVisible();
  await page.getByRole('button', { name: /^Account of /u }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const each of [page, tab]) {
    await expect(each.getByRole('heading', { name: 'Sign in to Pulse' })).toBeVisible();
  }
});
