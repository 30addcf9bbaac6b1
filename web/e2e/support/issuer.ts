import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Page } from '@playwright/test';
import Provider, { interactionPolicy } from 'oidc-provider';

const hour = 3600;
const client = { id: 'pulse', secret: 'the client and the issuer know this' };

/** An OpenID Connect issuer, on another site than Pulse. Whoever says so is the person with that e-mail. */
export class Issuer {
  readonly name = 'Example Corp';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `names` are the people by their e-mails. */
  static async open(names: Record<string, string>): Promise<Issuer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const issuer = new Issuer(server);
    const made = provider(issuer.#url, names);
    const answer = made.callback();
    server.on('request', (request, response) => {
      void (request.url?.startsWith('/door/') ? door(made, request, response) : answer(request, response));
    });
    return issuer;
  }

  get #url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** For a Pulse that people reach at 127.0.0.1. */
  get settings(): Record<string, string> {
    return {
      OIDC_ISSUER: this.#url,
      OIDC_NAME: this.name,
      GOOGLE_CLIENT_ID: client.id,
      GOOGLE_CLIENT_SECRET: client.secret,
    };
  }

  /** What a person does on the issuer's page. */
  async signIn(page: Page, email: string): Promise<void> {
    await page.waitForURL(`${this.#url}/**`);
    await page.getByLabel('Who are you?').fill(email);
    await page.getByRole('button', { name: 'Go on' }).click();
  }

  async cancel(page: Page): Promise<void> {
    await page.waitForURL(`${this.#url}/**`);
    await page.getByRole('button', { name: 'Cancel' }).click();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }
}

const doorPage = `<!doctype html>
<html lang="en">
<title>Example Corp</title>
<link rel="icon" href="data:,">
<form method="post">
<label>Who are you? <input name="email"></label>
<button>Go on</button>
<button name="cancel" value="yes">Cancel</button>
</form>`;

/** The page where people say who they are. */
async function door(made: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(doorPage);
    return;
  }
  const form = new URLSearchParams(await text(request));
  const result = form.has('cancel')
    ? { error: 'access_denied' }
    : { login: { accountId: form.get('email') ?? 'nobody' } };
  await made.interactionFinished(request, response, result);
}

function provider(url: string, names: Record<string, string>): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const policy = interactionPolicy.base();
  policy.get('consent').checks.remove('native_client_prompt');
  return new Provider(url, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        // The port is whatever Pulse has, which only native applications may leave open.
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/api/v1/auth/google/callback'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['any'] },
    features: { devInteractions: { enabled: false } },
    interactions: { policy, url: (_, { uid }) => `/door/${uid}` },
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    pkce: { required: () => true },
    ttl: Object.fromEntries(['AccessToken', 'Grant', 'IdToken', 'Interaction', 'Session'].map((what) => [what, hour])),
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id, email_verified: true, name: names[id] }),
    }),
    // Nobody is asked whether Pulse may know who they are.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
}
