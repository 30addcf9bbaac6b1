import { i18n } from '@/shared/lib/text';
import type { Scope } from './types';

interface ScopeText {
  scope: Scope;
  name: string;
  means: string;
}

/** What a key may do, in words. */
export const scopeTexts = (): ScopeText[] => [
  {
    scope: 'generate',
    name: i18n.t('Ask models'),
    means: i18n.t('Get answers, by Pulse’s API or any OpenAI client. Spends your quota.'),
  },
  { scope: 'read', name: i18n.t('Read'), means: i18n.t('Your conversations, files, jobs and usage.') },
  {
    scope: 'write',
    name: i18n.t('Change'),
    means: i18n.t('Upload, rename and delete what is yours; never the account itself.'),
  },
];

export function scopeNames(scopes: readonly string[]): string {
  const names = scopeTexts()
    .filter(({ scope }) => scopes.includes(scope))
    .map(({ name }) => name);
  return new Intl.ListFormat(undefined, { type: 'unit' }).format(names);
}
