import { formatBytes, formatNumber } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import type { AttachedFile } from './types';

/** What a file is, in a few words: its kind, how large it is and how much is in it. */
export function factsOf(file: AttachedFile): string[] {
  return [kindOf(file), formatBytes(file.size), ...extentOf(file)];
}

/** How much is in it: pixels, pages or characters. */
export function extentOf({ width, height, pages, characters }: AttachedFile): string[] {
  if (width !== undefined && height !== undefined) {
    return [i18n.t('{width} × {height}', { width, height })];
  }
  if (pages !== undefined) {
    return [i18n.t('{pages, plural, one {# page} other {# pages}}', { pages })];
  }
  return characters === undefined ? [] : [i18n.t('{characters} characters', { characters: formatNumber(characters) })];
}

const ofName = /\.(?<ending>[a-z0-9]{1,5})$/iu;

/** Its ending says it best: CSV, TSX. A name without one leaves what the bytes are. */
function kindOf({ name, kind }: AttachedFile): string {
  const ending = ofName.exec(name)?.groups?.ending;
  if (ending !== undefined) {
    return ending.toUpperCase();
  }
  return { image: i18n.t('Picture'), pdf: 'PDF', text: i18n.t('Text') }[kind];
}
