/** As much of it as the tests use; its own types come with a whole web framework's. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Grant {
    addOIDCScope: (scope: string) => void;
    save: () => Promise<string>;
  }

  interface Context {
    oidc: {
      client: { clientId: string };
      session: { accountId: string };
      // biome-ignore lint/style/useNamingConvention: it is a class
      provider: { Grant: new (of: { clientId: string; accountId: string }) => Grant };
    };
  }

  interface Policy {
    get: (prompt: string) => { checks: { remove: (name: string) => void } };
  }

  interface Configuration {
    clients: Record<string, unknown>[];
    claims: Record<string, string[]>;
    cookies: { keys: string[] };
    features: Record<string, { enabled: boolean }>;
    interactions: { policy: Policy; url: (context: Context, interaction: { uid: string }) => string };
    jwks: { keys: JsonWebKey[] };
    pkce: { required: () => boolean };
    ttl: Record<string, number>;
    findAccount: (context: Context, id: string) => { accountId: string; claims: () => Record<string, unknown> };
    loadExistingGrant: (context: Context) => Promise<Grant>;
  }

  type Result = { login: { accountId: string } } | { error: string };

  export const interactionPolicy: { base: () => Policy };

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback: () => (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionFinished: (request: IncomingMessage, response: ServerResponse, result: Result) => Promise<void>;
  }
}
