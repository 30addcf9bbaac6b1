import { bring, brought, picture } from './support/files';
import { looksRight } from './support/looks';
import { generate, loaded, makers, Studio } from './support/studio';
import { it as base, expect } from './support/test';

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
  await expect(studio.create).toContainText('4 images');
  await expect(
    page
      .getByText('free', { exact: true })
      .or(page.getByText('· free', { exact: true }))
      .filter({ visible: true }),
  ).toBeVisible();
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
    await page.getByRole('textbox', { name: 'Negative prompt' }).fill('boats');
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
    await expect(page.getByRole('textbox', { name: 'Negative prompt' })).toHaveValue('boats');
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
    await studio.viewer.getByRole('button', { name: 'Vary 1 image · free' }).click();
    await expect(studio.viewer).toBeHidden();
    await expect(studio.made).toHaveCount(2);
    await expect(studio.made.first()).toBeFocused();
    await studio.ended();
    await expect(studio.pictures).toHaveCount(3);
  });

  await it.step('edit', async () => {
    await studio.pictures.first().hover();
    await studio.made.first().getByRole('button', { name: 'Actions for A harbour in the morning' }).click();
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
    await expect(studio.pictures).toHaveCount(4);
  });
});

it('a deletion in the viewer is undone there', async ({ page, studio }) => {
  await generate(page.request, { prompt: 'A red boat', count: 2 });
  await page.goto('/images');
  await studio.pictures.first().click();
  const { viewer } = studio;
  await expect(viewer.getByRole('heading', { name: 'Picture' })).toBeFocused();
  const undo = viewer.getByRole('button', { name: 'Undo the deletion' });
  for (const back of [() => undo.press('Enter'), () => page.keyboard.press('Control+z')]) {
    await expect(viewer).toContainText('1 / 2');
    await viewer.getByRole('button', { name: 'Delete' }).click();
    await expect(viewer).not.toContainText('1 / 2');
    await back();
  }
  await expect(viewer).toContainText('1 / 2');
  await expect(undo).toHaveCount(0);
});

it('a small picture that did not come at once comes later', async ({ page, studio, complaints }) => {
  await generate(page.request, { prompt: 'A red boat' });
  let refused = 0;
  await page.route('**/thumbnail', (route) => {
    refused += 1;
    complaints.expectStatus(429, new URL(route.request().url()).pathname);
    return refused > 2 ? route.continue() : route.fulfill({ status: 429 });
  });
  await page.goto('/images');
  await expect(studio.pictures.first().locator('img')).toHaveJSProperty('naturalWidth', 512);
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
    await page.getByRole('textbox', { name: 'Negative prompt' }).fill('people');
    await page.getByRole('textbox', { name: 'Seed' }).fill('42');
    await page.getByRole('button', { name: 'Keep the seed' }).click();
    await page.getByRole('slider', { name: 'Guidance' }).press('End');
    await expect(page.getByText('20', { exact: true }).filter({ visible: true })).toBeVisible();
  });
  await studio.choose('openai');
  await expect(
    page.getByText('GPT Image 2.6 Flare does without the negative prompt, the guidance and the seed.'),
  ).toBeVisible();
  await studio.set(async () => {
    await expect(page.getByRole('radio', { name: 'Medium', exact: true })).toBeChecked();
    await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveCount(0);
    await expect(page.getByRole('textbox', { name: 'Negative prompt' })).toHaveCount(0);
    await expect(page.getByRole('slider')).toHaveCount(0);
  });
  await expect(page.getByText('about US$0.04').filter({ visible: true })).toBeVisible();
  await looksRight(page, 'images-switched');
  await studio.choose('demo');
  await expect(page.getByText('does without')).toHaveCount(0);
  await studio.set(async () => {
    await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveValue('42');
    await expect(page.getByRole('textbox', { name: 'Negative prompt' })).toHaveValue('people');
  });
  await studio.make('An empty square');
  await studio.ended();
  await studio.pictures.first().click();
  await expect(studio.viewer.getByText('42', { exact: true })).toBeVisible();
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

it('what is begun far down in the gallery is shown, and the focus goes on from what is deleted', async ({
  page,
  studio,
}) => {
  for (const prompt of ['The first', 'The second', 'The third', 'The fourth']) {
    await generate(page.request, { prompt, count: 2, size: '256x256', quality: 'low' });
  }
  await page.goto('/images');
  await studio.made.last().getByRole('button', { name: 'Actions for all of The first' }).click();
  const again = page.getByRole('menuitem', { name: /^Make again 2 images · about/u });
  await again.press('Enter');
  await expect(studio.made).toHaveCount(5);
  await expect(studio.made.first()).toBeInViewport();
  await expect(studio.made.first()).toBeFocused();
  await studio.ended();
  await expect(page.getByRole('status').filter({ hasText: 'The first: 2 images are there' })).toBeAttached();

  await studio.pictures.first().focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
  await expect(studio.pictures).toHaveCount(9);
  await expect(studio.pictures.first()).toBeFocused();
  await studio.made.last().getByRole('button', { name: 'Actions for all of The first' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Delete all of it' }).press('Enter');
  await expect(studio.made).toHaveCount(4);
  await expect(studio.made.last()).toBeFocused();
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
  await expect(page.getByRole('status').filter({ hasText: 'This image is not here' })).toBeVisible();
  await expect(studio.viewer).toBeHidden();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page).toHaveURL('/images');
});

it('read from right to left', async ({ page, studio }) => {
  await generate(page.request, { prompt: 'Two ships that pass', count: 2, size: 'landscape' });
  await page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () => document.documentElement.setAttribute('dir', 'rtl'));
  });
  await page.goto('/images');
  await loaded(studio.made.locator('img'));
  await looksRight(page, 'images-rtl');
  await studio.pictures.first().click();
  await expect(studio.viewer).toContainText('1 / 2');
  await page.keyboard.press('ArrowLeft'); // onwards
  await expect(studio.viewer).toContainText('2 / 2');
  await loaded(studio.viewer.locator('img'));
  await looksRight(page, 'images-viewer-rtl');
});
