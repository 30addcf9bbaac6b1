import type { APIRequestContext } from '@playwright/test';
import OpenAI, { APIError } from 'openai';
import { models } from './support/chat';
import { picture } from './support/files';
import { register, somebody } from './support/person';
import { expect, it } from './support/test';
import { numbers } from './support/vendors';

// OpenAI's own client for Node, pointed at Pulse. No page is needed.

const model = models.openai.id;

/** The client of somebody new, with an API key that can do nothing but ask. */
async function client(request: APIRequestContext, address: string): Promise<OpenAI> {
  await register(request, somebody());
  const made = await request.post('/api/v1/users/me/keys', { data: { name: 'a program', scopes: ['generate'] } });
  expect(made.status(), await made.text()).toBe(201);
  const { key } = (await made.json()) as { key: string };
  return new OpenAI({ baseURL: `${address}/v1`, apiKey: key, maxRetries: 0 });
}

const user = (content: string) => [{ role: 'user' as const, content }];

it('a whole answer, and a stream with its figures', async ({ request, pulse }) => {
  const openai = await client(request, pulse.address);
  const whole = await openai.chat.completions.create({ model, messages: user('hello there') });
  expect(whole.choices[0]?.message.content).toBe('You said: hello there');
  expect(whole.choices[0]?.finish_reason).toBe('stop');
  expect(whole.model).toBe(model);
  expect(whole.usage?.total_tokens).toBeGreaterThan(0);

  const stream = await openai.chat.completions.create({
    model,
    messages: user('[chunks 300]'),
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  const ends: (string | null)[] = [];
  let tokens = 0;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    ends.push(...chunk.choices.map((choice) => choice.finish_reason).filter((reason) => reason !== null));
    tokens += chunk.usage?.completion_tokens ?? 0;
  }
  expect(text.trim()).toBe(numbers(300));
  expect(ends).toEqual(['stop']);
  expect(tokens).toBe(300);
});

it('its helper puts a stream together', async ({ request, pulse }) => {
  const openai = await client(request, pulse.address);
  const runner = openai.chat.completions.stream({ model, messages: user('[chunks 20]') });
  expect((await runner.finalContent())?.trim()).toBe(numbers(20));
});

it('pictures', async ({ request, pulse }) => {
  const openai = await client(request, pulse.address);
  const { buffer } = picture('a.png', 12, 8);
  const seen = await openai.chat.completions.create({
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${buffer.toString('base64')}` } },
          { type: 'text', text: '[see]' },
        ],
      },
    ],
  });
  expect(seen.choices[0]?.message.content).toContain('image/png 12x8');
});

it('models', async ({ request, pulse }) => {
  const openai = await client(request, pulse.address);
  const ids: string[] = [];
  for await (const { id } of openai.models.list()) {
    ids.push(id);
  }
  expect(ids).toContain(model);
  expect((await openai.models.retrieve('gpt-3.5-turbo')).id).toBe(model);
});

it('errors are the ones it knows', async ({ request, pulse }) => {
  const openai = await client(request, pulse.address);
  const failing = async (asked: Promise<unknown>): Promise<APIError> => {
    const error = await asked.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(APIError);
    return error as APIError;
  };
  const unknown = await failing(openai.chat.completions.create({ model: 'gpt-99', messages: user('hi') }));
  expect(unknown).toBeInstanceOf(OpenAI.NotFoundError);
  expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  const two = await failing(openai.chat.completions.create({ model, messages: user('hi'), n: 2 }));
  expect(two).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'n', type: 'invalid_request_error' });
  const limited = await failing(
    openai.chat.completions.create({ model, messages: user('[status 429]'), stream: true }),
  );
  expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
  const stranger = new OpenAI({ baseURL: `${pulse.address}/v1`, apiKey: 'pulse_sk_nobody', maxRetries: 0 });
  expect(await failing(stranger.models.list().then())).toMatchObject({ status: 401, code: 'invalid_api_key' });
  const broken = await failing(
    (async () => {
      const stream = await openai.chat.completions.create({
        model,
        messages: user('[chunks 9] [cut after 5]'),
        stream: true,
      });
      for await (const _ of stream) {
        // It breaks in here.
      }
    })(),
  );
  expect(broken).toMatchObject({ code: 'provider_cut' });
});

it('who stops reading stops the answer', async ({ request, pulse }) => {
  const openai = await client(request, pulse.address);
  const stream = await openai.chat.completions.create({
    model,
    messages: user('[chunks 1000] [pace 20ms]'),
    stream: true,
  });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content?.includes('5')) {
      break; // which closes the line
    }
  }
  await expect
    .poll(async () => {
      const list = (await (await request.get('/api/v1/jobs?type=completion')).json()) as {
        items: { status: string }[];
      };
      return list.items.map(({ status }) => status);
    })
    .toEqual(['cancelled']);
});

it('its helper runs tools until the model is satisfied', async ({ request, pulse }) => {
  const openai = await client(request, pulse.address);
  const places: string[] = [];
  const runner = openai.chat.completions.runTools({
    model,
    messages: user('[call weather {"at":"Rome"}] [call weather {"at":"Oslo"}]'),
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          description: 'of a place',
          parameters: { type: 'object', properties: { at: { type: 'string' } } },
          parse: JSON.parse,
          function: ({ at }: { at: string }) => `rain in ${places[places.push(at) - 1]}`,
        },
      },
    ],
  });
  expect(await runner.finalContent()).toBe('You said: rain in Oslo');
  expect(places).toEqual(['Rome', 'Oslo']);
});
