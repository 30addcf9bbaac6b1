/** Where to go after signing in. */
export interface FromSearch {
  from?: string;
}

const ownPath = /^\/(?![/\\])/u;

/** Takes only a path of this page, so that no link can lead a person elsewhere through the sign-in. */
export function fromSearch(search: Record<string, unknown>): FromSearch {
  const { from } = search;
  return typeof from === 'string' && ownPath.test(from) ? { from } : {};
}
