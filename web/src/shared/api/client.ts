import createClient, { type Middleware } from 'openapi-fetch';
import { reportUnreachable } from '@/shared/lib/connection';
import { offlineProblem, problemOf } from './problem';
import type { paths } from './schema';

/** Every answer that is not a success becomes a thrown Problem, and so does no answer. */
const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) {
      throw await problemOf(response);
    }
  },
  onError({ error }) {
    if (error instanceof Error && error.name === 'AbortError') {
      return error; // who asked has gone away
    }
    reportUnreachable();
    return offlineProblem(error);
  },
};

/** The typed client. The session cookie goes along by itself. */
export const api = createClient<paths>({ baseUrl: '/' });
api.use(throwProblems);

/**
 * The data of a call: `await answer(api.GET('/api/v1/users/me'))`.
 * Throws the Problem when the call fails.
 */
export async function answer<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await call;
  return data as T; // throwProblems has thrown where there is none; a 204 has T undefined
}
