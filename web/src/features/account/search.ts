/** What can be open over the settings. */
const acts = ['email', 'password', 'key', 'delete'] as const;
export type Act = (typeof acts)[number];

/** The parts of the settings that have an address of their own. */
const parts = ['/settings/usage', '/settings/security', '/settings/keys', '/settings/data'] as const;

export interface SettingsSearch {
  /** What is open over the page. */
  do?: Act | undefined;
  /** Why the way to the issuer led nowhere: the last part of a problem's type. */
  problem?: string | undefined;
  /** Where that way began. */
  return_to?: string | undefined;
}

const word = /^[a-z_]+$/u;

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The router keeps what it is not told to drop. */
export function settingsSearch(search: Record<string, unknown>): SettingsSearch {
  const problem = textOf(search.problem);
  return {
    do: acts.find((act) => act === search.do),
    problem: problem !== undefined && word.test(problem) ? problem : undefined,
    return_to: textOf(search.return_to),
  };
}

/** The part of the settings that a way to the issuer began at; undefined for the first. */
export function beganAt({ return_to: path = '' }: SettingsSearch): (typeof parts)[number] | undefined {
  return parts.find((part) => path === part || path.startsWith(`${part}?`));
}
