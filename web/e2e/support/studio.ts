import { type APIRequestContext, expect, type Locator, type Page } from '@playwright/test';

/** Models of pictures, of a stand-in and the demo. */
export const makers = {
  /** Takes no seed, no guidance and nothing to leave out. */
  openai: { id: 'gpt-image-2.6-flare', name: 'GPT Image 2.6 Flare' },
  demo: { id: 'demo-image', name: 'Demo (not a model)' },
};

/** The Images page as a person sees it. */
export class Studio {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get prompt(): Locator {
    return this.page.getByRole('textbox', { name: 'What the picture shows' });
  }

  get create(): Locator {
    return this.page.getByRole('button', { name: /^Create \d images?/u });
  }

  get picker(): Locator {
    return this.page.getByRole('combobox', { name: /^Model: /u });
  }

  /** What was made, the newest first. */
  get made(): Locator {
    return this.page.getByRole('article');
  }

  /** The pictures that are there. */
  get pictures(): Locator {
    return this.made.getByRole('button', { name: /^Open /u });
  }

  /** The places of those that are being made. */
  get places(): Locator {
    return this.made.getByRole('img', { name: /is being made$/u });
  }

  get viewer(): Locator {
    return this.page.getByRole('dialog', { name: 'Picture' });
  }

  get inputs(): Locator {
    return this.page.getByRole('list', { name: 'Pictures to change' }).getByRole('listitem');
  }

  async open(model: keyof typeof makers = 'demo'): Promise<void> {
    await this.page.goto('/images');
    await this.choose(model);
  }

  async choose(model: keyof typeof makers): Promise<void> {
    const { name } = makers[model];
    await this.picker.click();
    await this.page.getByRole('combobox', { name: 'Search models' }).fill(name);
    await this.page.getByRole('option', { name }).first().click();
    await expect(this.picker).toHaveAccessibleName(`Model: ${name}`);
    await expect(this.page.getByRole('dialog', { name: 'Search models' })).toHaveCount(0);
  }

  /** Does something with the settings: they stand beside, or on a phone come when they are asked for. */
  async set(what: (studio: this) => Promise<void>): Promise<void> {
    const opener = this.page.getByRole('button', { name: 'Settings', exact: true });
    const apart = await opener.isVisible();
    if (apart) {
      await opener.click();
      await this.page.getByRole('dialog', { name: 'Settings' }).waitFor();
    }
    await what(this);
    if (apart) {
      await this.page.keyboard.press('Escape');
      await this.page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'hidden' });
    }
  }

  async count(pictures: number): Promise<void> {
    await this.page
      .getByRole('group', { name: 'Images' })
      .getByRole('radio', { name: String(pictures) })
      .check();
  }

  async make(prompt: string): Promise<void> {
    await this.prompt.fill(prompt);
    await this.prompt.press('Enter');
    await expect(this.made.first()).toContainText(prompt.slice(0, 40));
  }

  /** Waits until nothing is being made any more. */
  async ended(): Promise<void> {
    await expect(this.made.first()).toHaveAttribute('aria-busy', 'false', { timeout: 20_000 });
  }
}

/** There are some, and all of them are loaded, as the browser sees them. */
export async function loaded(images: Locator): Promise<void> {
  await expect
    .poll(() =>
      images.evaluateAll((all) => all.length > 0 && all.every((each) => (each as HTMLImageElement).naturalWidth > 0)),
    )
    .toBe(true);
}

/** Makes pictures by the API and gives the job, which has ended by then. */
export async function generate(request: APIRequestContext, wish: Record<string, unknown>): Promise<string> {
  const answer = await request.post('/api/v1/images/generate', {
    data: { model: makers.openai.id, ...wish },
    headers: { prefer: 'wait=30' },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const { job_id: id } = (await answer.json()) as { job_id: string };
  return id;
}
