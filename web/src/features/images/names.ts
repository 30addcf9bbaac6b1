import { i18n } from '@/shared/lib/text';
import { splitPresets } from './presets';
import type { ImageFile, ImageJob } from './types';

const most = 60;

/** What a person would call what was made: the first words of the prompt; one of several with its number. */
export function titleOf({ input }: Pick<ImageJob, 'input'>, file?: Pick<ImageFile, 'index'>): string {
  const { prompt } = splitPresets(input.prompt);
  const words = prompt.replaceAll(/\s+/gu, ' ');
  const title = words.length > most ? `${words.slice(0, most).trimEnd()}…` : words;
  return file && (input.count ?? 1) > 1 ? i18n.t('{title}, {number}', { title, number: file.index + 1 }) : title;
}
