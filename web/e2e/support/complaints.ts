import type { BrowserContext, ConsoleMessage } from '@playwright/test';

/** What browsers complained about: errors in the console, of scripts, and of the content security policy. */
export class Complaints {
  readonly #heard: string[] = [];
  readonly #expected: RegExp[] = [];

  /** The browser itself writes a line for every answer of 400 and above. */
  expectStatus(...statuses: number[]): void {
    this.#expected.push(new RegExp(`the server responded with a status of (?:${statuses.join('|')}) `, 'u'));
  }

  /** The browser writes a line also for every request that does not get through. */
  expectLostLine(): void {
    this.#expected.push(/^Failed to load resource: net::ERR_/u);
  }

  get unexpected(): string[] {
    return this.#heard.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
  }

  listenTo(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error') {
        this.#heard.push(describe(message));
      }
    });
    context.on('weberror', (error) => this.#heard.push(String(error.error().stack)));
  }
}

function describe(message: ConsoleMessage): string {
  return `${message.text()} (${message.location().url})`;
}
