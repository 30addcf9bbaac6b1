import { Problem } from '@/shared/api/problem';

/** A way to show once more who one is. */
export type Method = 'password' | 'oidc';

/** What the person is being asked for. */
export interface Asked {
  methods: readonly Method[];
  /** The path that leads back to where the person is, should they leave the page to confirm. */
  returnTo: string;
  settle: (shown: boolean) => void;
}

let asked: Asked | undefined;
let answered: Promise<boolean> | undefined;
const listeners = new Set<() => void>();

function change(next: Asked | undefined): void {
  asked = next;
  for (const listener of listeners) {
    listener();
  }
}

/** One question at a time: whoever needs the answer too waits for the same one. */
function ask(methods: readonly Method[], returnTo: string): Promise<boolean> {
  answered ??= new Promise((resolve) => {
    change({
      methods,
      returnTo,
      settle: (shown) => {
        answered = undefined;
        change(undefined);
        resolve(shown);
      },
    });
  });
  return answered;
}

const known: readonly Method[] = ['password', 'oidc'];

/** The ways to confirm, where an error says that the server wants that; undefined for every other error. */
function methodsOf(error: unknown): readonly Method[] | undefined {
  if (!(error instanceof Problem && error.kind === 'confirm_needed')) {
    return undefined;
  }
  const offered = error.document.methods ?? [];
  return known.filter((method) => offered.includes(method));
}

/**
 * Makes a call that the server may refuse until the person has shown once more
 * who they are. Then they are asked, and the call is made again; so what was
 * typed for it stays. Rejects with the server's refusal when they would rather
 * not: `declined` tells it from what went wrong.
 *
 * @param returnTo is where the person is, with what they were about to do open:
 * an issuer may be on another page.
 */
export async function confirmed<T>(returnTo: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const methods = methodsOf(error);
    if (methods === undefined || !(await ask(methods, returnTo))) {
      throw error;
    }
    return call();
  }
}

/** Whether the call was not made because the person did not confirm: nothing went wrong. */
export const declined = (error: unknown): boolean => methodsOf(error) !== undefined;

export const currentlyAsked = (): Asked | undefined => asked;

export function onAsked(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
