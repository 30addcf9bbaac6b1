import type { BrowserContext } from '@playwright/test';

interface Heard {
  text: string;
  /** Where it comes from: for a refused request, what was asked for. */
  url: string;
}

/** What browsers complained about: errors in the console, of scripts, and of the content security policy. */
export class Complaints {
  readonly #heard: Heard[] = [];
  readonly #expected: ((heard: Heard) => boolean)[] = [];

  /** The browser itself writes a line for every answer of 400 and above. `path` is the request's, without its query. */
  expectStatus(status: number, path: string): void {
    const line = `the server responded with a status of ${status} `;
    this.#expected.push(({ text, url }) => text.includes(line) && new URL(url).pathname === path);
  }

  /** The browser writes a line also for every request that does not get through. */
  expectLostLine(): void {
    this.#expected.push(({ text }) => text.startsWith('Failed to load resource: net::ERR_'));
  }

  get unexpected(): string[] {
    return this.#heard
      .filter((heard) => !this.#expected.some((matches) => matches(heard)))
      .map(({ text, url }) => `${text} (${url})`);
  }

  listenTo(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error') {
        this.#heard.push({ text: message.text(), url: message.location().url });
      }
    });
    context.on('weberror', (error) => this.#heard.push({ text: String(error.error().stack), url: 'a script' }));
  }
}
