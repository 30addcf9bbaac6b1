import type { APIRequestContext } from '@playwright/test';
import type { components } from '../src/shared/api/schema';
import { looksRight } from './support/looks';
import { expect, itAlone } from './support/test';

// The person reads that the tokens are near their end, or gone, before a question is refused.

const limit = 9000;

const plans = `plans:
  - key: tiny
    name: Tiny
    caps: { tokens: ${limit} }
`;

const it = itAlone(({ settings }) => ({ ...settings, PULSE_PLANS_FILE: 'plans.yaml', PULSE_DEFAULT_PLAN: 'tiny' }), {
  'plans.yaml': plans,
});

async function used(request: APIRequestContext): Promise<number> {
  const usage: components['schemas']['Summary'] = await (await request.get('/api/v1/users/me/usage')).json();
  return usage.meters.find(({ meter }) => meter === 'tokens')?.used ?? 0;
}

/** An answer of so many numbers, for which no more than that is held. Gives its conversation. */
async function answered(request: APIRequestContext, numbers: number, most = numbers): Promise<string> {
  const answer = await request.post('/api/v1/chat/complete', {
    data: {
      model: 'gpt-6-luna',
      max_tokens: most,
      messages: [{ role: 'user', content: `[chunks ${numbers}]` }],
    },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const { conversation_id: id } = (await answer.json()) as { conversation_id: string };
  return id;
}

it('near the end a line can be put away, and at the end one stays @phone', async ({ page, chat, complaints }) => {
  complaints.expectStatus(402, '/api/v1/chat/stream');
  const line = page.getByRole('region', { name: 'Tokens of your plan' });
  await answered(page.request, 1000, 2000);
  const thousand = await used(page.request);
  await chat.open();
  await expect(line).toBeHidden();

  const rest = Math.floor(((limit * 0.93 - thousand) * 1000) / thousand);
  const long = await answered(page.request, rest, limit - thousand - 100);
  await page.reload();
  await expect(line).toContainText('The tokens of this period are nearly used up.');
  await expect(line).toContainText(/8,\d{3} of 9,000 tokens are used\./u);
  await expect(line).toContainText(/They start anew on .*, (?:in \d+ days|tomorrow|today)\./u);
  await looksRight(page, 'quota-near');
  await line.getByRole('button').click();
  await expect(line).toBeHidden();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible();
  await expect(chat.composer).toBeVisible();
  await expect(line).toBeHidden();

  // The refusal says the same.
  await chat.composer.fill('One more question');
  await chat.composer.press('Enter');
  const refusal = page.getByRole('alert').filter({ hasText: /are used up|too few for this request/ });
  await expect(refusal).toContainText('of 9,000 tokens are used.');
  await expect(refusal).toContainText('Shorter chats and lower limits take less');
  await looksRight(page, 'quota-refused');

  // Whoever has said much in a conversation has too few for more of it.
  await chat.open({ conversation: long });
  await expect(line).toContainText('There are too few tokens left for another question here.');
  await expect(line.getByRole('button')).toHaveCount(0);
  await looksRight(page, 'quota-gone');
});
