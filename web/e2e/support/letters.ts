import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Locator, Page } from '@playwright/test';
import { Mailbox } from './mailbox';
import type { Person } from './person';
import { Pulse } from './pulse';
import { it as base } from './test';

/** Tests with a server that sends e-mail, and knows an issuer. */
export const it = base.extend<object, { mailbox: Mailbox }>({
  mailbox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it that nothing else is needed
    async ({}, use) => {
      const mailbox = await Mailbox.open();
      await use(mailbox);
      await mailbox.close();
    },
    { scope: 'worker' },
  ],
  shared: [
    async ({ mailbox }, use) => {
      const address = await freeAddress();
      const pulse = await Pulse.start({
        PULSE_ADDR: address,
        PULSE_SMTP_URL: mailbox.url,
        PULSE_SMTP_FROM: 'Pulse <pulse@example.com>',
        PULSE_PUBLIC_URL: `http://${address}`, // what links begin with
        GOOGLE_CLIENT_ID: 'pulse',
        GOOGLE_CLIENT_SECRET: 'secret',
      });
      await use(pulse);
      await pulse.end();
    },
    { scope: 'worker' },
  ],
});

/** What the page says that it is. */
export const outcome = (page: Page): Locator => page.getByRole('heading', { level: 1 });

/** For a server that has to know its address before it is started. */
async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

/** The next letter to somebody has a link with a secret in its fragment. */
export async function nextLink(mailbox: Mailbox, { email }: Pick<Person, 'email'>): Promise<string> {
  const { text } = await mailbox.next(email);
  return /\S+#\S+/u.exec(text)?.[0] ?? `there is no link in: ${text}`;
}

/** Signs in on the page for it. */
export async function fillIn(page: Page, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
