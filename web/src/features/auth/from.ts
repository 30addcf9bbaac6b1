/** Where to go after signing in. */
export interface FromSearch {
  from?: string | undefined;
}

const ownPath = /^\/(?![/\\])/u;

/**
 * Takes only a path of this page, so that no link can lead a person elsewhere
 * through the sign-in. The router keeps what it is not told to drop.
 */
export function fromSearch(search: Record<string, unknown>): FromSearch {
  const { from } = search;
  return { from: typeof from === 'string' && ownPath.test(from) ? from : undefined };
}
