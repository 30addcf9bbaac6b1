import { lastMessage } from './support/person';
import { expect, it, itAlone } from './support/test';
import { numbers } from './support/vendors';

// What a vendor does wrong, and what the person reads of it: one plain sentence,
// what came before it, and a way on.

const faults = [
  { name: 'refuses the key', ask: '[status 401]', says: "OpenAI refused this server's key." },
  { name: 'does not accept the request', ask: '[status 400]', says: 'OpenAI did not accept this request.' },
  { name: 'is asked too much', ask: '[status 429 retry 60]', says: 'OpenAI is getting too many requests' },
  { name: 'says nothing', ask: '[empty]', says: 'The model finished without saying anything.' },
];

const faultsInTheMiddle = [
  { name: 'breaks off', ask: '[chunks 9] [cut after 3]', says: 'The connection to OpenAI broke' },
  { name: 'resets the line', ask: '[chunks 9] [reset after 3]', says: 'The connection to OpenAI broke' },
  { name: 'sends nonsense', ask: '[chunks 9] [malformed after 3]', says: 'could not be read' },
  { name: 'fails', ask: '[chunks 9] [error after 3]', says: 'OpenAI is overloaded or having trouble.' },
];

const endings = [
  { name: 'declines', ask: '[chunks 3] [decline]', says: 'The model declined to go on.' },
  { name: 'has no room left', ask: '[chunks 3] [length]', says: 'The answer reached its length limit and ends here.' },
];

it('every fault of a vendor is one plain sentence, with a way on', async ({ chat }) => {
  await chat.open();
  for (const { name, ask, says } of [...faults, ...faultsInTheMiddle]) {
    await it.step(name, async () => {
      await chat.ask(ask);
      await expect(chat.problem).toContainText(says);
      await expect(chat.problem.getByRole('button', { name: 'Try again' })).toBeVisible();
    });
  }
  for (const { name, ask, says } of endings) {
    await it.step(`${name}, which is no fault`, async () => {
      await chat.ask(ask);
      await expect(chat.answer).toContainText(says);
      await expect(chat.text).toHaveText(numbers(3), { useInnerText: true });
      await expect(chat.problem).toBeHidden();
    });
  }
  const texts = chat.answers.locator('.markdown');
  await expect(texts).toHaveText(
    Array.from({ length: faultsInTheMiddle.length + endings.length }, () => numbers(3)),
    { useInnerText: true },
  );
});

it('Try again asks once more, beside what came', async ({ page, chat, vendorLine }) => {
  await chat.open();
  await chat.ask('[chunks 100] [pace 20ms]');
  await chat.reads('10');
  vendorLine.break();
  await expect(chat.problem).toContainText('The connection to OpenAI broke before the answer was complete.');
  vendorLine.mend();
  await chat.problem.getByRole('button', { name: 'Try again' }).click();
  await chat.endsWhole(numbers(100));
  await expect(chat.problem).toBeHidden();
  await expect(chat.answer).toContainText('2 of 2');
  await page.reload();
  await chat.endsWhole(numbers(100));
});

it('a vendor that is gone for a moment is asked again, and nobody notices', async ({ chat, vendorLine }) => {
  await chat.open();
  vendorLine.break();
  await chat.ask('[chunks 5]');
  await chat.running();
  vendorLine.mend();
  await chat.endsWhole(numbers(5));
});

// Enough for one short answer.
const plans = `plans:
  - key: tiny
    name: Tiny
    caps: { tokens: 4600 }
`;

const itWithTinyPlan = itAlone(
  ({ settings }) => ({ ...settings, PULSE_PLANS_FILE: 'plans.yaml', PULSE_DEFAULT_PLAN: 'tiny' }),
  { 'plans.yaml': plans },
);

itWithTinyPlan('a used-up plan says so, and keeps the question', async ({ chat, complaints }) => {
  complaints.expectStatus(402, '/api/v1/chat/stream');
  await chat.open();
  await chat.ask('[chunks 1000]');
  await chat.endsWhole(numbers(1000));
  await chat.composer.fill('One more question');
  await chat.composer.press('Enter');
  const refusal = chat.page.getByRole('alert').filter({ hasText: /are used up|too few for this request/ });
  await expect(refusal).toContainText('of 4,600 tokens are used');
  await expect(refusal).toContainText('They start anew on');
  await expect(chat.composer).toHaveValue('One more question');
  await expect(chat.questions).toHaveCount(1);
  await chat.page.goto('/settings/usage');
  await expect(chat.page.getByText('of 4,600')).toBeVisible();
});

it('what the books say is on the answer and on the list of jobs', async ({ page, chat }) => {
  await chat.open();
  await chat.ask('[chunks 7]');
  await chat.ended();
  const details = chat.answer.getByRole('button', { name: 'Details of this answer' });
  await expect(details).toContainText(/tokens · <?US\$0\.\d+/u);
  const atTheEnd = (await details.textContent()) ?? '';
  await page.reload();
  await expect(details).toHaveText(atTheEnd);
  await details.click();
  const receipt = page.getByRole('dialog', { name: 'Details of this answer' });
  await expect(receipt.getByRole('row', { name: /^Total/u })).toBeVisible();
  await expect(receipt).toContainText('GPT-6 Luna');
  await page.keyboard.press('Escape');
  await expect(details).toBeFocused();
  const { job_id: job } = await lastMessage(page.request, chat.id);
  expect(job).not.toBe('');
  await page.getByRole('link', { name: 'Jobs' }).click();
  await page.getByRole('link', { name: 'Answer by GPT-6 Luna' }).click();
  await expect(chat.text).toHaveText(numbers(7), { useInnerText: true });
});
