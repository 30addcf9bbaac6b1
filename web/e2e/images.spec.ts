import { bring, brought, picture } from './support/files';
import { looksRight } from './support/looks';
import { generate, loaded, makers, Studio } from './support/studio';
import { it as base, expect, itAlone } from './support/test';

// Pictures are made, kept, changed and made again.

const it = base.extend<{ studio: Studio }>({
  studio: async ({ page, person: _ }, use) => use(new Studio(page)),
});

it.slow();

it('are described, made, looked at, and there after a reload @phone', async ({ page, studio }) => {
  await page.goto('/images');
  await expect(page.getByRole('heading', { name: 'What would you like to see?' })).toBeVisible();
  await looksRight(page, 'images-empty');
  await studio.choose('demo');
  await page.getByRole('button', { name: /^A scene/u }).click();
  await expect(studio.prompt).toHaveValue(/lighthouse/u);
  await expect(page.getByRole('button', { name: 'Photo' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByText('photograph, natural light')).toBeVisible();
  await studio.set(async (settings) => {
    await settings.count(4);
    await looksRight(page, 'images-settings');
  });
  await expect(studio.create).toContainText('4 images· free');
  await expect(page.getByText('50 left this month')).toBeVisible();
  await looksRight(page, 'images-described');
  await page.reload();
  await expect(studio.prompt).toHaveValue(/lighthouse/u);
  await studio.prompt.press('Enter');
  await expect(studio.places).toHaveCount(4); // at once
  await expect(studio.prompt).toHaveValue('');
  await looksRight(page, 'images-making');
  await studio.ended();
  await expect(studio.pictures).toHaveCount(4);
  await expect(page.getByText('46 left this month')).toBeVisible();
  await loaded(studio.made.locator('img'));
  await looksRight(page, 'images-made');
  await page.reload();
  await expect(studio.pictures).toHaveCount(4);

  await studio.pictures.nth(1).click();
  await loaded(studio.viewer.locator('img'));
  await expect(studio.viewer).toContainText('Demo (not a model)');
  await looksRight(page, 'images-viewer');
  await page.keyboard.press('ArrowRight');
  await expect(studio.viewer).toContainText('3 / 4');
  await page.reload(); // it has an address
  await expect(studio.viewer).toContainText('3 / 4');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    studio.viewer.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^A lighthouse .* 3\.png$/u);
  await page.keyboard.press('Escape');
  await expect(studio.viewer).toBeHidden();
  await expect(studio.pictures.nth(2)).toBeFocused();
  await expect(page).toHaveURL('/images');
});

it('are made again from their settings, varied, and changed', async ({ page, studio }) => {
  await studio.open('demo');
  await studio.set(async (settings) => {
    await settings.count(2);
    await page.getByRole('radio', { name: /^Wide/u }).check();
    await page.getByRole('textbox', { name: 'Leave out' }).fill('boats');
  });
  await page.getByRole('button', { name: 'Line art' }).click();
  await studio.make('A harbour in the morning');
  await studio.ended();
  await expect(studio.pictures).toHaveCount(2);
  await studio.page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Line art' }).click();

  await it.step('reuse', async () => {
    await page.getByRole('button', { name: 'Reuse the settings of A harbour in the morning' }).click();
    await expect(studio.prompt).toBeFocused();
    await expect(studio.prompt).toHaveValue('A harbour in the morning');
    await expect(page.getByRole('button', { name: 'Line art' })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('radio', { name: /^Wide/u })).toBeChecked();
    await expect(page.getByRole('textbox', { name: 'Leave out' })).toHaveValue('boats');
    await expect(studio.create).toContainText('2 images');
  });

  await it.step('reuse of one picture, with its seed', async () => {
    await studio.pictures.first().click();
    const seed = await studio.viewer.getByText(/^\d{4,}$/u).textContent();
    await studio.viewer.getByRole('button', { name: 'Reuse settings' }).click();
    await expect(studio.viewer).toBeHidden();
    await expect(studio.prompt).toBeFocused();
    await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveValue(seed ?? '');
    await expect(studio.create).toContainText('1 image');
  });

  await it.step('vary', async () => {
    await studio.pictures.first().click();
    await studio.viewer.getByRole('button', { name: 'Vary' }).click();
    await expect(studio.viewer).toBeHidden();
    await expect(studio.made).toHaveCount(2);
    await studio.ended();
    await expect(studio.pictures).toHaveCount(4);
  });

  await it.step('edit', async () => {
    await studio.pictures.first().hover();
    await studio.made.first().getByRole('button', { name: 'Actions for A harbour in the morning, 1' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await expect(studio.inputs).toHaveCount(1);
    await expect(studio.prompt).toBeFocused();
    await page.reload();
    await expect(studio.inputs).toHaveCount(1);
    await studio.make('The same at night');
    await expect(studio.inputs).toHaveCount(0);
    await studio.ended();
    await studio.pictures.first().click();
    await expect(studio.viewer).toContainText('Made from1 picture');
    await page.keyboard.press('Escape');
  });

  await it.step('dragged into the composer, and taken out, which deletes nothing', async () => {
    await studio.pictures.last().dragTo(studio.prompt);
    await expect(studio.inputs).toHaveCount(1);
    await studio.inputs.getByRole('button', { name: /^Remove/u }).click();
    await expect(studio.inputs).toHaveCount(0);
    await expect(studio.prompt).toBeFocused();
    await page.reload();
    await loaded(studio.made.locator('img'));
    await expect(studio.pictures).toHaveCount(5);
  });
});

it('are deleted with a way back: one, the last, and all of it', async ({ page, studio }) => {
  await generate(page.request, { prompt: 'A red boat', count: 2 });
  await generate(page.request, { prompt: 'A blue boat', count: 2 });
  await page.goto('/images');
  await expect(studio.pictures).toHaveCount(4);

  await studio.pictures.first().click();
  await studio.viewer.getByRole('button', { name: 'Delete' }).click();
  await expect(studio.viewer).toContainText('1 / 3'); // the next one
  await page.keyboard.press('Escape');
  await expect(page.getByText('“A blue boat, 1” is deleted')).toBeVisible();
  await expect(studio.pictures).toHaveCount(3);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.pictures).toHaveCount(4);

  const menu = async (name: string, item: string) => {
    await studio.pictures.first().hover();
    await studio.made.first().getByRole('button', { name }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await menu('Actions for A blue boat, 1', 'Delete');
  await menu('Actions for A blue boat, 2', 'Delete');
  await expect(studio.made).toHaveCount(1); // with the last one goes the rest
  await menu('Actions for all of A red boat', 'Delete all of it');
  await expect(studio.made).toHaveCount(0);
  await page.goto('/chat'); // whoever leaves has decided
  await expect
    .poll(async () => ((await (await page.request.get('/api/v1/jobs?type=image')).json()) as { items: [] }).items)
    .toEqual([]);
});

it('files are dropped, pasted and picked to be changed @phone', async ({ page, studio }) => {
  await studio.open('openai');
  await bring(page.locator('body'), 'dragenter', { files: [brought(picture('dropped.png', 640, 480))] });
  await expect(page.getByText('Drop pictures to change them')).toBeVisible();
  await bring(page.locator('body'), 'drop', { files: [brought(picture('dropped.png', 640, 480))] });
  await expect(studio.inputs).toHaveCount(1);
  await bring(studio.prompt, 'paste', { files: [brought(picture('pasted.png'))] });
  await page.locator('input[type=file]').setInputFiles(picture('picked.png', 300, 900));
  await expect(studio.inputs).toHaveCount(3);
  await expect(studio.inputs.getByRole('progressbar')).toHaveCount(0);
  await page.locator('input[type=file]').setInputFiles({ ...picture('words.txt'), mimeType: 'text/plain' });
  await expect(page.getByText('Only pictures can go along')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await looksRight(page, 'images-inputs');
  await studio.inputs.last().getByRole('button', { name: 'Remove picked.png' }).click();
  await expect(studio.inputs).toHaveCount(2);
  await studio.make('Make them one picture');
  await studio.ended();
  await expect(studio.pictures).toHaveCount(1);
  await expect(studio.inputs).toHaveCount(0);
});

it('an upload shows how far it is, holds the button, and can be cancelled', async ({ page, studio }) => {
  await studio.open('openai');
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/api/v1/files', async (route) => {
    await held;
    await route.continue().catch(() => undefined); // one has been cancelled
  });
  await studio.prompt.fill('Brighter');
  await page.locator('input[type=file]').setInputFiles([picture('slow.png'), picture('slower.png', 20, 20)]);
  await expect(page.getByRole('progressbar', { name: 'Upload of slow.png' })).toBeVisible();
  await expect(studio.create).toBeDisabled();
  await expect(page.getByText('The pictures are on their way.')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel the upload of slow.png' }).click();
  await expect(page.getByRole('button', { name: 'Cancel the upload of slower.png' })).toBeFocused();
  release();
  await expect(studio.create).toBeEnabled();
  await expect(studio.inputs).toHaveCount(1);
});

it('another model: only what it takes is shown; the rest is named, and comes back @phone', async ({ page, studio }) => {
  await studio.open('demo');
  await studio.set(async () => {
    await page.getByRole('textbox', { name: 'Leave out' }).fill('people');
    await page.getByRole('textbox', { name: 'Seed' }).fill('42');
    await page.getByRole('button', { name: 'Keep the seed' }).click();
    await page.getByRole('slider', { name: 'Guidance' }).press('End');
    await expect(page.getByText('20', { exact: true }).filter({ visible: true })).toBeVisible();
  });
  await studio.choose('openai');
  await expect(
    page.getByText(/^GPT Image 2\.6 Flare does not take what to leave out, the guidance,? and the seed\./u),
  ).toBeVisible();
  await studio.set(async () => {
    await expect(page.getByRole('radio', { name: 'Medium' })).toBeChecked();
    await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveCount(0);
    await expect(page.getByRole('textbox', { name: 'Leave out' })).toHaveCount(0);
    await expect(page.getByRole('slider')).toHaveCount(0);
  });
  await expect(studio.create).toContainText('about US$0.04');
  await looksRight(page, 'images-switched');
  await studio.choose('demo');
  await expect(page.getByText('does not take')).toHaveCount(0);
  await studio.set(async () => {
    await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveValue('42');
    await expect(page.getByRole('textbox', { name: 'Leave out' })).toHaveValue('people');
  });
  await studio.make('An empty square');
  await studio.ended();
  await studio.pictures.first().click();
  await expect(studio.viewer.getByText('42', { exact: true })).toBeVisible();
});

it('one of several fails: the others are there, and it is tried again @phone', async ({ page, studio }) => {
  await studio.open('openai');
  await studio.set((settings) => settings.count(3));
  await studio.make('Three kites [block 2]');
  await studio.ended();
  await expect(studio.pictures).toHaveCount(2);
  await expect(studio.made.getByText(/declined/u)).toBeVisible();
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

it('what runs is cancelled, and what came is kept', async ({ page, studio }) => {
  await studio.open('demo');
  await studio.set((settings) => settings.count(4));
  await studio.make('Four slow pictures');
  await expect(studio.pictures.first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel Four slow pictures' }).click();
  await expect(studio.made.getByText('Cancelled. What came is kept.')).toBeVisible();
  await expect(studio.places).toHaveCount(0);
});

it('another tab and another device see them come, go on after a reload, and lose what is deleted', async ({
  page,
  context,
  studio,
  secondDevice,
}) => {
  await studio.open('openai');
  const tab = new Studio(await context.newPage());
  await tab.page.goto('/images');
  const device = new Studio(await secondDevice());
  await device.page.goto('/images');
  for (const other of [tab, device]) {
    await expect(other.page.getByRole('heading', { name: 'What would you like to see?' })).toBeVisible();
  }
  await studio.make('A slow sunrise [delay 3s]');
  for (const other of [tab, device]) {
    await expect(other.places).toHaveCount(1, { timeout: 3000 });
  }
  await page.reload();
  await expect(studio.places).toHaveCount(1);
  for (const each of [studio, tab, device]) {
    await expect(each.pictures).toHaveCount(1);
    await each.ended();
  }
  const { items } = (await (await page.request.get('/api/v1/jobs?type=image')).json()) as { items: { id: string }[] };
  expect((await page.request.delete(`/api/v1/jobs/${items[0]?.id}`)).status()).toBe(204);
  for (const each of [studio, tab, device]) {
    await expect(each.made).toHaveCount(0, { timeout: 3000 });
  }
});

it('by keyboard alone', async ({ page, studio }) => {
  await generate(page.request, { prompt: 'An older picture' });
  await page.goto('/chat');
  await expect(page.getByRole('textbox', { name: 'Your question' })).toBeFocused();
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Search for a command or a conversation' })).toBeFocused();
  await page.keyboard.type('Images');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/images');
  await page.keyboard.press('/');
  await expect(studio.prompt).toBeFocused();
  await page.keyboard.type('Two lines');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('of words');
  await page.keyboard.press('Enter');
  await expect(studio.made).toHaveCount(2);
  await studio.ended();
  await studio.pictures.first().focus();
  await page.keyboard.press('Enter');
  await expect(studio.viewer).toContainText('1 / 2');
  await page.keyboard.press('ArrowRight');
  await expect(studio.viewer).toContainText('An older picture');
  await page.keyboard.press('ArrowRight'); // the end
  await expect(studio.viewer).toContainText('2 / 2');
  await page.keyboard.press('Escape');
  await expect(studio.pictures.last()).toBeFocused();
});

it('a link that others can open is copied', async ({ page, context, studio, newDevice }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await generate(page.request, { prompt: 'A picture to share' });
  await page.goto('/images');
  await studio.pictures.first().click();
  await studio.viewer.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByText('It works for 24 hours, for everybody who has it.')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const stranger = await newDevice();
  const answer = await stranger.request.get(link);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toBe('image/png');
});

it('an address of a picture on an older page opens it', async ({ page, studio }) => {
  const oldest = await generate(page.request, { model: makers.openai.id, prompt: 'The very first' });
  for (let more = 0; more < 21; more += 1) {
    await generate(page.request, { prompt: `Picture ${more}`, size: '256x256', quality: 'low' });
  }
  const job = (await (await page.request.get(`/api/v1/jobs/${oldest}`)).json()) as {
    result: { files: { id: string }[] };
  };
  await page.goto(`/images?image=${job.result.files[0]?.id}`);
  await expect(studio.viewer).toContainText('The very first');
  await expect(studio.viewer).toContainText('22 / 22');
  await page.goto('/images?image=nothing');
  await expect(studio.viewer).toContainText('This picture is not there any more.');
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

itWithTinyPlan('a used-up plan says so, and keeps the words @phone', async ({ page, person: _, complaints }) => {
  complaints.expectStatus(402, '/api/v1/images/generate');
  const studio = new Studio(page);
  await generate(page.request, { prompt: 'Two at once', count: 2 });
  await page.goto('/images');
  await expect(page.getByText('none left this month')).toBeVisible();
  await studio.prompt.fill('One more');
  await studio.prompt.press('Enter');
  const refusal = page.getByRole('alert').filter({ hasText: '2 of 2 pictures are used.' });
  await expect(refusal).toContainText('They start anew on');
  await expect(studio.prompt).toHaveValue('One more');
  await expect(studio.places).toHaveCount(0);
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
