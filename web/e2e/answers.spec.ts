import { Chat } from './support/chat';
import { Line } from './support/line';
import { conversation, lastMessage } from './support/person';
import { expect, it, itAlone } from './support/test';
import { numbers } from './support/vendors';

// An answer lives on its own; what happens to those who read it does not touch it.

it('closing the tab does not stop the answer', async ({ page, context, chat }) => {
  await chat.open();
  await chat.ask('[chunks 100] [pace 20ms]');
  await chat.reads('10');
  const { id } = chat;
  await page.close();
  await expect.poll(async () => (await lastMessage(context.request, id)).status).toBe('completed');
  const later = new Chat(await context.newPage());
  await later.open({ conversation: id });
  await later.endsWhole(numbers(100));
});

it('another device reads along, from the first word on', async ({ chat, secondDevice, vendorLine }) => {
  await chat.open();
  await chat.ask('[think 5] [chunks 100] [pace 20ms]');
  await chat.reads('10');
  vendorLine.hold();
  const other = new Chat(await secondDevice());
  await other.open({ conversation: chat.id });
  await other.reads('1 2 3 4 5');
  await other.running();
  vendorLine.mend();
  await Promise.all([chat.endsWhole(numbers(100)), other.endsWhole(numbers(100))]);
});

it('a reload in mid-answer loses nothing and repeats nothing', async ({ page, chat, vendorLine }) => {
  await chat.open();
  await chat.ask('[think 5] [chunks 100] [pace 20ms]');
  await chat.reads('10');
  vendorLine.hold();
  await page.reload();
  await chat.reads('1 2 3 4 5');
  await chat.running();
  await page.reload();
  vendorLine.mend();
  await chat.endsWhole(numbers(100));
});

it('Stop ends the answer within a second, and what came stays', async ({ page, chat, secondDevice }) => {
  await chat.open();
  await chat.ask('[chunks 5000] [pace 20ms]');
  await chat.reads('20');
  const other = new Chat(await secondDevice());
  await other.open({ conversation: chat.id });
  await other.reads('20');

  await chat.stop.click();
  await expect(chat.answer).toHaveAttribute('aria-busy', 'false', { timeout: 1000 });
  await expect(chat.answer).toContainText('Stopped. What came is kept.');
  const { content, status } = await lastMessage(page.request, chat.id);
  expect(status).toBe('cancelled');
  expect(numbers(5000)).toContain(content.trim());
  await expect(chat.text).toHaveText(content, { useInnerText: true });
  await expect(other.answer).toContainText('Stopped. What came is kept.');
  await page.reload();
  await expect(chat.text).toHaveText(content, { useInnerText: true });
  await expect(chat.send).toBeVisible();
});

it('a lost line is shown within seconds and heals by itself @phone', async ({
  page,
  chat,
  pulse,
  vendorLine,
  complaints,
}) => {
  complaints.expectLostLine();
  const banner = page.getByText('No connection to the server.');
  const line = await Line.to(pulse.address);
  await page.goto(line.address); // cookies know hosts and no ports
  await chat.choose('openai');
  await chat.ask('[chunks 100] [pace 20ms]');
  await chat.reads('30');
  vendorLine.hold();
  line.break();
  await expect(chat.answer).toContainText('The line broke.', { timeout: 3000 });
  await expect(banner).toBeVisible({ timeout: 3000 });
  line.mend();
  await expect(banner).toBeHidden();
  await expect(chat.answer).not.toContainText('The line broke.');
  await chat.running();
  vendorLine.mend();
  await chat.endsWhole(numbers(100));
  await line.end();
});

it('what the browser says of the network is heard @phone', async ({ page, context, chat, vendorLine, complaints }) => {
  complaints.expectLostLine();
  const banner = page.getByText('No connection to the server.');
  await chat.open();
  await chat.ask('[chunks 100] [pace 20ms]');
  await chat.reads('30');
  vendorLine.hold();
  await context.setOffline(true);
  await expect(banner).toBeVisible({ timeout: 2000 });
  vendorLine.mend();
  await context.setOffline(false);
  await expect(banner).toBeHidden();
  await chat.endsWhole(numbers(100));
});

it('a line that is lost before the first word heals too @phone', async ({
  page,
  context,
  chat,
  vendorLine,
  complaints,
}) => {
  complaints.expectLostLine();
  const banner = page.getByText('No connection to the server.');
  await chat.open();
  vendorLine.hold();
  await chat.ask('[chunks 30]');
  await expect(chat.answer).toContainText('Waiting for the first words');
  await expect(page).toHaveURL(/chat\/./u); // the server has the question
  await context.setOffline(true);
  await expect(banner).toBeVisible({ timeout: 3000 });
  vendorLine.mend();
  await context.setOffline(false);
  await expect(banner).toBeHidden();
  await chat.endsWhole(numbers(30));
});

it('a question without a line gets through when it is back, once @phone', async ({
  page,
  context,
  chat,
  complaints,
}) => {
  complaints.expectLostLine();
  await chat.open();
  await context.setOffline(true);
  await chat.ask('[chunks 30]');
  await expect(chat.answer).toContainText('The line broke.', { timeout: 3000 });
  await context.setOffline(false);
  await chat.endsWhole(numbers(30));
  expect((await conversation(page.request, chat.id)).messages).toHaveLength(2);
});

it('a failed answer is asked for again where it stands', async ({ chat, vendorLine }) => {
  await chat.open();
  await chat.ask('[chunks 100] [pace 20ms]');
  await chat.reads('1 2 3');
  vendorLine.break();
  await expect(chat.problem).toBeVisible();
  vendorLine.mend();
  await chat.problem.getByRole('button', { name: 'Try again' }).click();
  await chat.endsWhole(numbers(100));
  await expect(chat.answers).toHaveCount(1);
});

const itKilled = itAlone((vendors) => vendors.settings);

itKilled(
  'kill -9 in mid-answer: after a restart the page ends the answer by itself',
  async ({ pulse, chat, complaints }) => {
    complaints.expectLostLine();
    await chat.open();
    await chat.ask('[chunks 120] [pace 20ms]');
    await chat.reads('30');
    await pulse.kill();
    await expect(chat.answer).toContainText('The line broke.', { timeout: 3000 });
    await pulse.restart();
    await expect(chat.answer).toContainText('The server was interrupted and began this answer anew.', {
      timeout: 15_000,
    });
    await chat.endsWhole(numbers(120));
  },
);
