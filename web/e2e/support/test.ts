import { type BrowserContext, test as base, expect, type Page, type TestInfo } from '@playwright/test';
import { Chat } from './chat';
import { Complaints } from './complaints';
import type { Line } from './line';
import { type Person, register, signIn, somebody } from './person';
import { Pulse } from './pulse';
import { Vendors } from './vendors';

interface OfWorker {
  /** Stand-ins for OpenAI and Anthropic. */
  vendors: Vendors;
  /** A Pulse that many tests share. It asks the stand-ins, and has the demo beside them. */
  shared: Pulse;
}

interface OfTest {
  /** What lies between Pulse and OpenAI, in order at the beginning of each test. */
  vendorLine: Line;
  /** The Pulse that the test is about: the shared one, unless the test's file says otherwise. */
  pulse: Pulse;
  /** What the browsers complain of; there must be nothing that the test does not expect. */
  complaints: Complaints;
  /** Somebody with an account, signed in on `page`. */
  person: Person;
  chat: Chat;
  /** Another browser, in which nobody is signed in. */
  newDevice: () => Promise<Page>;
  /** Another browser, in which the person is signed in. */
  secondDevice: () => Promise<Page>;
}

export const it = base.extend<OfTest, OfWorker>({
  vendors: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it that nothing else is needed
    async ({}, use) => {
      const vendors = await Vendors.start();
      await use(vendors);
      await vendors.end();
    },
    { scope: 'worker' },
  ],

  shared: [
    async ({ vendors }, use) => {
      const pulse = await Pulse.start({ ...vendors.settings, PULSE_DEMO: 'on' });
      await use(pulse);
      await pulse.end();
    },
    { scope: 'worker' },
  ],

  pulse: async ({ shared }, use, info) => {
    await use(shared);
    await attachLog(shared, info);
  },

  vendorLine: async ({ vendors }, use) => {
    await use(vendors.line);
    vendors.line.mend();
  },

  baseURL: async ({ pulse }, use) => use(pulse.address),

  complaints: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const complaints = new Complaints();
      await use(complaints);
      expect(complaints.unexpected, 'the console of the browser').toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, complaints }, use) => {
    complaints.listenTo(context);
    await use(context);
  },

  newDevice: async ({ browser, baseURL, complaints, viewport }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ ...(baseURL && { baseURL }), viewport });
      opened.push(context);
      complaints.listenTo(context);
      return context.newPage();
    });
    for (const context of opened) {
      await context.close();
    }
  },

  secondDevice: async ({ newDevice, person }, use) => {
    await use(async () => {
      const page = await newDevice();
      await signIn(page.request, person);
      return page;
    });
  },

  person: async ({ page }, use) => {
    const person = somebody();
    await register(page.request, person);
    await use(person);
  },

  chat: async ({ page, person: _ }, use) => use(new Chat(page)),
});

/** Tests that have a Pulse for themselves, which nobody has used yet. `files` are put into the folder it runs in. */
export function itAlone(
  settings: (vendors: Vendors) => Record<string, string>,
  files: Record<string, string> = {},
): typeof it {
  return it.extend({
    pulse: async ({ vendors }, use, info) => {
      const pulse = await Pulse.start(settings(vendors), files);
      await use(pulse);
      await attachLog(pulse, info);
      await pulse.end();
    },
  });
}

async function attachLog(pulse: Pulse, info: TestInfo): Promise<void> {
  if (info.status !== info.expectedStatus) {
    await info.attach('log of Pulse', { body: pulse.log });
  }
}

export { expect } from '@playwright/test';
