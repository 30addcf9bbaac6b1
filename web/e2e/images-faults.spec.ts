import { picture } from './support/files';
import { looksRight } from './support/looks';
import { generate, Studio } from './support/studio';
import { it as base, expect, itAlone } from './support/test';

// What goes wrong while pictures are made, and the way on.

const it = base.extend<{ studio: Studio }>({
  studio: async ({ page, person: _ }, use) => use(new Studio(page)),
});

it.slow();

it('one of several fails: the others are there, and it is tried again @phone', async ({ page, studio }) => {
  await studio.open('openai');
  await studio.set(async (settings) => {
    await settings.count(3);
    await page.getByRole('radio', { name: /^Landscape/u }).check();
  });
  await studio.make('Three kites [block 2]');
  await studio.ended();
  await expect(studio.pictures).toHaveCount(2);
  const failed = studio.made.getByRole('listitem').filter({ hasText: /declined/u });
  await expect(failed).toBeVisible();
  // It keeps to its column.
  expect(await failed.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await expect(page.getByRole('status').filter({ hasText: '1 of 3 could not be made' })).toBeAttached();
  await looksRight(page, 'images-one-failed');
  await studio.made.getByRole('button', { name: 'Try again' }).click();
  await expect(studio.made).toHaveCount(2);
  await studio.ended();
  await expect(studio.pictures).toHaveCount(3);
});

it('a prompt that is declined is kept, to be put in other words @phone', async ({ page, studio }) => {
  await studio.open('openai');
  await studio.make('Something forbidden [blocked]');
  await studio.ended();
  await expect(studio.made.getByRole('alert')).toContainText('Rephrase');
  await looksRight(page, 'images-blocked');
  await studio.made.getByRole('button', { name: 'Change the words' }).click();
  await expect(studio.prompt).toHaveValue('Something forbidden [blocked]');
  await expect(studio.prompt).toBeFocused();
});

it('what runs is cancelled', async ({ page, studio }) => {
  await studio.open('openai');
  await studio.make('A slow picture [delay 20s]');
  await page.getByRole('button', { name: 'Cancel A slow picture' }).click();
  await expect(studio.made.getByText('Cancelled before an image was there.')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /A slow picture .*: cancelled$/u })).toBeAttached();
  await expect(studio.places).toHaveCount(0);
  await expect(page.getByText('50 left this month')).toBeVisible(); // nothing is held any more
});

const plans = `plans:
  - key: tiny
    name: Tiny
    caps: { tokens: 4600, images: 2 }
`;

const itWithTinyPlan = itAlone(
  ({ settings }) => ({ ...settings, PULSE_PLANS_FILE: 'plans.yaml', PULSE_DEFAULT_PLAN: 'tiny' }),
  { 'plans.yaml': plans },
);

itWithTinyPlan('too few left of a plan, and none: said before the click @phone', async ({ page, person: _ }) => {
  const studio = new Studio(page);
  await studio.open('openai');
  await studio.set((settings) => settings.count(3));
  await expect(page.getByText('2 images of your plan are left, and you ask for 3.')).toBeVisible();
  await expect(studio.create).toBeDisabled();
  await studio.prompt.fill('As many as there are');
  await studio.prompt.press('Enter');
  await expect(studio.prompt).toHaveValue('As many as there are');
  await looksRight(page, 'images-quota-short');
  await page.getByRole('button', { name: /^Make 2/u }).click();
  await studio.ended();
  await expect(studio.pictures).toHaveCount(2);
  await expect(studio.prompt).toHaveValue('');

  await expect(page.getByText('none left this month')).toBeVisible();
  await expect(page.getByText('No images of your plan are left. They start anew on')).toBeVisible();
  await studio.prompt.fill('One more');
  await expect(studio.create).toBeDisabled();
  await expect(page.getByRole('button', { name: /^Make \d/u })).toHaveCount(0);
  await looksRight(page, 'images-quota');
});

it('too many at once is tried again after a while', async ({ page, studio, complaints }) => {
  complaints.expectStatus(429, '/api/v1/images/generate');
  await studio.open('openai');
  await page.route(
    '**/api/v1/images/generate',
    (route) =>
      route.fulfill({
        status: 429,
        contentType: 'application/problem+json',
        json: {
          type: 'urn:pulse:problem:rate_limited',
          title: 'Too many requests',
          status: 429,
          detail: 'You are asking too often.',
          request_id: 'r1',
          retry_after_seconds: 2,
        },
      }),
    { times: 1 },
  );
  await studio.prompt.fill('A calm lake');
  await studio.prompt.press('Enter');
  await expect(page.getByText('You are asking too often.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Try again in \d s$/u })).toBeDisabled();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await expect(studio.made.first()).toContainText('A calm lake');
  await studio.ended();
  await expect(studio.prompt).toHaveValue('');
});

it('an answer that is lost costs nothing twice: what began is found, and the words are gone @phone', async ({
  page,
  studio,
  complaints,
}) => {
  complaints.expectLostLine();
  await studio.open('openai');
  await page.route(
    '**/api/v1/images/generate',
    async (route) => {
      await route.fetch(); // the server has it
      await route.abort();
    },
    { times: 1 },
  );
  await studio.prompt.fill('Begun unheard');
  await studio.prompt.press('Enter');
  await expect(studio.prompt).toHaveValue('', { timeout: 15_000 });
  await expect(studio.made).toHaveCount(1);
  await studio.ended();
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await expect(page.getByText('49 left this month')).toBeVisible();
});

it('the same once more after a lost answer is the same request', async ({ page, studio, complaints }) => {
  complaints.expectLostLine();
  await studio.open('openai');
  const keys: (string | undefined)[] = [];
  await page.route('**/api/v1/jobs?*', (route) => route.abort()); // nothing can be found
  await page.route('**/api/v1/images/generate', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    const answer = await route.fetch();
    await (keys.length === 1 ? route.abort() : route.fulfill({ response: answer }));
  });
  await studio.prompt.fill('Asked for twice');
  await studio.prompt.press('Enter');
  await expect(studio.create).toBeEnabled();
  await expect(studio.prompt).toHaveValue('Asked for twice');
  await studio.prompt.press('Enter');
  await expect(studio.prompt).toHaveValue('');
  expect(keys[1]).toBe(keys[0]);
  const { items } = (await (await page.request.get('/api/v1/jobs?type=image')).json()) as { items: unknown[] };
  expect(items).toHaveLength(1);
});

it('two tabs take nothing from each other', async ({ page, context, studio }) => {
  await studio.open('openai');
  await studio.prompt.fill('Typed in the first');
  const other = new Studio(await context.newPage());
  await other.page.goto('/images');
  await other.prompt.fill('Made in the second');
  await other.prompt.press('Enter');
  await expect(other.prompt).toHaveValue('');
  await page.reload();
  await expect(studio.prompt).toHaveValue('Typed in the first');
});

it('what was written comes back when something else was put in its place', async ({ page, studio }) => {
  await studio.open('openai');
  await page.locator('input[type=file]').setInputFiles(picture('mine.png'));
  await expect(studio.inputs).toHaveCount(1);
  await studio.prompt.fill('Words of an hour');
  await page.getByRole('button', { name: /^A poster/u }).click();
  await expect(studio.prompt).toHaveValue(/night train/u);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.prompt).toHaveValue('Words of an hour');
  await expect(page.getByRole('button', { name: 'Poster', exact: true })).toHaveAttribute('aria-pressed', 'false');
  await expect(page.getByText('What you had written is replaced')).toBeHidden();

  await generate(page.request, { prompt: 'Made before' });
  await page.getByRole('button', { name: 'Reuse the settings of Made before' }).click();
  await expect(studio.prompt).toHaveValue('Made before');
  await expect(studio.inputs).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.prompt).toHaveValue('Words of an hour');
  await expect(studio.inputs).toHaveCount(1);
});

it('a picture that was deleted elsewhere is marked, and taken out', async ({ page, studio, complaints }) => {
  complaints.expectStatus(400, '/api/v1/images/generate');
  await studio.open('openai');
  await page.locator('input[type=file]').setInputFiles([picture('stays.png'), picture('goes.png', 30, 30)]);
  await studio.prompt.fill('At night');
  await expect(studio.create).toBeEnabled();
  const { items } = (await (await page.request.get('/api/v1/files')).json()) as {
    items: { id: string; name: string }[];
  };
  const { id } = items.find(({ name }) => name === 'goes.png') ?? {};
  expect((await page.request.delete(`/api/v1/files/${id}`)).ok()).toBe(true);
  await studio.create.click();
  await expect(page.getByText('The attached picture was deleted.')).toBeVisible();
  await expect(page.getByText(/image_file_ids|POST/u)).toHaveCount(0);
  await expect(studio.inputs.last()).toHaveAttribute('title', 'goes.png was deleted');
  await expect(studio.create).toBeDisabled();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(studio.inputs).toHaveCount(1);
  await expect(studio.prompt).toBeFocused();
  await studio.make('At night');
  await studio.ended();
  await expect(studio.pictures).toHaveCount(1);
});

it('what only looks like a picture is refused at once', async ({ page, studio }) => {
  await studio.open('openai');
  let uploads = 0;
  page.on('request', (request) => {
    uploads += request.method() === 'POST' && new URL(request.url()).pathname === '/api/v1/files' ? 1 : 0;
  });
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'words.png', mimeType: 'image/png', buffer: Buffer.from('only words') });
  await expect(page.getByText('“words.png” is not a picture.')).toBeVisible();
  await studio.prompt.fill('Brighter');
  await expect(studio.create).toBeDisabled();
  expect(uploads).toBe(0);
});

const itWithoutKeys = itAlone(() => ({}));

itWithoutKeys(
  'without a key the demo draws, says so, and the others say what they need @phone',
  async ({ page, person: _ }) => {
    const studio = new Studio(page);
    await page.goto('/images');
    await expect(page.getByText('This is the built-in demo, not a model.')).toBeVisible();
    await expect(studio.picker).toHaveAccessibleName('Model: Demo (not a model)');
    await studio.picker.click();
    await expect(page.getByRole('option', { name: 'GPT Image 2.6 Flare' })).toContainText('needs a key');
    await looksRight(page, 'images-models');
    await page.keyboard.press('Escape');
    await studio.make('A drawing');
    await studio.ended();
    await expect(studio.pictures).toHaveCount(1);
  },
);

const itWithoutAny = itAlone(() => ({ PULSE_DEMO: 'off' }));

itWithoutAny('without any model the page says what is missing', async ({ page, person: _ }) => {
  const studio = new Studio(page);
  await page.goto('/images');
  await expect(page.getByText('No model of this server makes pictures.')).toBeVisible();
  await studio.prompt.fill('A drawing');
  await expect(studio.create).toBeDisabled();
  await looksRight(page, 'images-no-model');
});
