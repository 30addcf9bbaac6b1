import { expect, type Locator, type Page } from '@playwright/test';
import { lastMessage } from './person';

/** A model of each stand-in, and the demo. */
export const models = {
  openai: { id: 'gpt-6-luna', name: 'GPT-6 Luna' },
  /** Takes a temperature. */
  anthropic: { id: 'claude-opus-4-6', name: 'Claude Opus 4.6' },
  /** Makes pictures. */
  painter: { id: 'gpt-image-2.6-flare', name: 'GPT Image 2.6 Flare' },
  demo: { id: 'demo-chat', name: 'Demo (not a model)' },
};

/** The chat as a person sees it. */
export class Chat {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Your question' });
  }

  get send(): Locator {
    return this.page.getByRole('button', { name: 'Send', exact: true });
  }

  get stop(): Locator {
    return this.page.getByRole('button', { name: 'Stop', exact: true });
  }

  get questions(): Locator {
    return this.page.getByRole('article', { name: 'Your question' });
  }

  get answers(): Locator {
    return this.page.getByRole('article', { name: /^Answer from/u });
  }

  get answer(): Locator {
    return this.answers.last();
  }

  /** The answer's text alone. */
  get text(): Locator {
    return this.answer.locator('.markdown');
  }

  /** What went wrong with the answer. */
  get problem(): Locator {
    return this.answer.getByRole('alert');
  }

  get picker(): Locator {
    return this.page.getByRole('combobox', { name: /^Model: /u });
  }

  /** The id of the conversation that is shown. */
  get id(): string {
    return new URL(this.page.url()).pathname.replace('/chat/', '');
  }

  /** Opens a conversation, or a new one with the given model chosen. */
  async open(what: { conversation: string } | { model: keyof typeof models } = { model: 'openai' }): Promise<void> {
    if ('conversation' in what) {
      await this.page.goto(`/chat/${what.conversation}`);
      return;
    }
    await this.page.goto('/');
    await this.choose(what.model);
  }

  async choose(model: keyof typeof models): Promise<void> {
    const { name } = models[model];
    await this.picker.click();
    await this.page.getByRole('combobox', { name: 'Search models' }).fill(name);
    await this.page.getByRole('option', { name }).first().click();
    await expect(this.picker).toHaveAccessibleName(`Model: ${name}`);
    await expect(this.page.getByRole('dialog', { name: 'Search models' })).toHaveCount(0);
  }

  async ask(question: string): Promise<void> {
    await this.composer.fill(question);
    await this.composer.press('Enter');
    await expect(this.questions.last()).toContainText(question.slice(0, 60));
  }

  /** Waits until the answer has come at least so far. */
  async reads(text: string | RegExp): Promise<void> {
    await expect(this.text).toContainText(text);
  }

  /** Waits until the last answer is written, well or not. */
  async ended(): Promise<void> {
    await expect(this.answer).toHaveAttribute('aria-busy', 'false', { timeout: 20_000 });
  }

  async running(): Promise<void> {
    await expect(this.answer).toHaveAttribute('aria-busy', 'true');
  }

  /** Waits for the answer's end; it is the given text, on the screen and on the server. */
  async endsWhole(text: string): Promise<void> {
    await this.ended();
    await expect(this.text).toHaveText(text, { useInnerText: true });
    const message = await lastMessage(this.page.request, this.id);
    expect(message.status).toBe('completed');
    expect(message.content.trim()).toBe(text);
  }
}
