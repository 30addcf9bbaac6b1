import { i18n } from '@/shared/lib/text';

/** A style: words that are added to the prompt. */
export interface Preset {
  id: string;
  /** What the model reads. Models know English best, so it is the same for everybody. */
  words: string;
}

/** The words are long enough to be found again at the end of a prompt. */
export const presets: readonly Preset[] = [
  { id: 'photo', words: 'photograph, natural light, shallow depth of field' },
  { id: 'illustration', words: 'clean digital illustration, soft shading' },
  { id: '3d', words: '3D render, soft studio lighting' },
  { id: 'line', words: 'black ink line art on white paper' },
  { id: 'watercolour', words: 'loose watercolour on textured paper' },
  { id: 'poster', words: 'flat screen-printed poster, limited palette' },
  { id: 'pixel', words: 'pixel art, crisp edges' },
];

export function presetName(id: string): string {
  const names: Record<string, string> = {
    photo: i18n.t('Photo'),
    illustration: i18n.t('Illustration'),
    '3d': i18n.t('3D'),
    line: i18n.t('Line art'),
    watercolour: i18n.t('Watercolour'),
    poster: i18n.t('Poster'),
    pixel: i18n.t('Pixel art'),
  };
  return names[id] ?? id;
}

/** The words of those that are chosen, in the order in which they stand. */
export function wordsOf(chosen: readonly string[]): string {
  return presets
    .filter(({ id }) => chosen.includes(id))
    .map(({ words }) => words)
    .join(', ');
}

const sentenceEnd = /[.!?。]$/u;

/** The prompt with what the chosen styles add to it. */
export function withPresets(prompt: string, chosen: readonly string[]): string {
  const text = prompt.trim();
  const words = wordsOf(chosen);
  if (words === '' || text === '') {
    return text;
  }
  return `${text}${sentenceEnd.test(text) ? ' ' : ', '}${words}`;
}

const between = /[,\s]+$/u;

/** The other way round: what was typed, and the styles that were chosen. */
export function splitPresets(prompt: string): { prompt: string; presets: string[] } {
  let text = prompt.trim();
  const found: string[] = [];
  for (const { id, words } of presets.toReversed()) {
    if (text.endsWith(words) && text.length > words.length) {
      text = text.slice(0, -words.length).replace(between, '');
      found.unshift(id);
    }
  }
  return { prompt: text, presets: found };
}
