import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A message as somebody finds it in their mailbox. */
export interface Mail {
  from: string;
  subject: string;
  text: string;
}

const patience = 10_000;

/** A mail server to which a Pulse can send. It takes everything, for anybody, and keeps it. */
export class Mailbox {
  readonly #unread = new Map<string, Mail[]>();
  readonly #server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, { envelope }, done) => {
      buffer(stream)
        .then((message) => PostalMime.parse(message))
        .then(({ from, subject = '', text = '' }) => {
          const mail = { from: from?.address ?? '', subject, text };
          for (const { address } of envelope.rcptTo) {
            this.#of(address).push(mail);
          }
          done();
        }, done);
    },
  });

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    mailbox.#server.on('error', () => undefined); // who hangs up in the middle has sent nothing
    await once(mailbox.#server.listen(0, '127.0.0.1'), 'listening');
    return mailbox;
  }

  /** For PULSE_SMTP_URL; PULSE_SMTP_FROM and PULSE_PUBLIC_URL go with it. */
  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  /** The oldest message to somebody that was not read yet; waits for one. */
  async next(address: string): Promise<Mail> {
    for (const end = Date.now() + patience; Date.now() < end; await setTimeout(20)) {
      const mail = this.#of(address).shift();
      if (mail) {
        return mail;
      }
    }
    throw new Error(`No message came to ${address}.`);
  }

  /** How many messages to somebody were not read yet. */
  unread(address: string): number {
    return this.#of(address).length;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  #of(address: string): Mail[] {
    const mails = this.#unread.get(address) ?? [];
    this.#unread.set(address, mails);
    return mails;
  }
}

/** A mail server for one test; close it at the end. */
export function openMailbox(): Promise<Mailbox> {
  return Mailbox.open();
}
