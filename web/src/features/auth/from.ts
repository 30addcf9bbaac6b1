/** Where to go after signing in. */
export interface FromSearch {
  from?: string | undefined;
}

/** What the sign-in page is told on the way to it. */
export interface SignInSearch extends FromSearch {
  /** Why the issuer's way in led nowhere: the last part of a problem's type. */
  problem?: string | undefined;
  /** What has just come to its good end. */
  done?: 'reset' | undefined;
  /** The account was deleted. */
  bye?: 1 | undefined;
  /** The server's word for `from`. */
  return_to?: undefined;
}

const ownPath = /^\/(?![/\\])/u;
const word = /^[a-z_]+$/u;

/**
 * Takes only a path of this page, so that no link can lead a person elsewhere
 * through the sign-in. The router keeps what it is not told to drop.
 */
export function fromSearch(search: Record<string, unknown>): FromSearch {
  const { from } = search;
  return { from: typeof from === 'string' && ownPath.test(from) ? from : undefined };
}

export function signInSearch(search: Record<string, unknown>): SignInSearch {
  const { problem, done, bye, from, return_to: returnTo } = search;
  return {
    ...fromSearch({ from: from ?? returnTo }),
    return_to: undefined,
    problem: typeof problem === 'string' && word.test(problem) ? problem : undefined,
    done: done === 'reset' ? done : undefined,
    bye: bye === 1 ? bye : undefined,
  };
}

/** As the search of a link between these pages. */
export function carrying(from: string | undefined): FromSearch {
  return from === undefined ? {} : { from };
}
