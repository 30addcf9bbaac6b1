import type { Problem } from '@/shared/api/problem';
import type { Attachment } from '@/shared/files/attachment';
import { i18n } from '@/shared/lib/text';
import { makesPictures } from './model-settings';
import type { Count, ImageLimits, Model } from './types';

/** A pasted text longer than this goes along as a file. */
const longText = 4000;
const longLines = 100;

export function isLong(text: string): boolean {
  return text.length > longText || text.split('\n', longLines + 1).length > longLines;
}

/** What a question with files would take, as far as the server has said so. */
export interface Counted {
  /** The server is asked. */
  pending?: boolean;
  count?: Count;
  /** Why the model would not take the pictures. */
  problem?: Problem;
}

/** Why a question cannot be sent with these files; undefined: it can. */
export type Hindrance = 'uploading' | 'failed' | 'blind' | 'unread' | 'refused' | 'full';

export function hindranceOf(
  list: readonly Attachment[],
  model: Model | undefined,
  { count, problem }: Counted = {},
): Hindrance | undefined {
  if (model && !model.images && list.some(isPicture)) {
    return 'blind';
  }
  if (list.some(({ state }) => state === 'failed')) {
    return 'failed';
  }
  if (makesPictures(model) && !list.every(isPicture)) {
    return 'unread';
  }
  if (problem) {
    return 'refused';
  }
  if (count && !count.fits) {
    return 'full';
  }
  return list.some(({ state }) => state !== 'ready') ? 'uploading' : undefined;
}

export function isPicture({ file, preview, state }: Attachment): boolean {
  return state !== 'failed' && (file ? file.kind === 'image' : preview !== undefined);
}

/** A model of the same kind that takes pictures: of the same provider where it has one. */
export function seeingModel(models: readonly Model[] | undefined, model: Model | undefined): Model | undefined {
  return nearest(
    (models ?? []).filter((other) => other.images && makesPictures(other) === makesPictures(model)),
    model,
  );
}

/** Room that an answer should have beside the question. */
const answerRoom = 8192;

/** A model that takes so long a question, and pictures where there are some. */
export function roomierModel(
  models: readonly Model[] | undefined,
  model: Model | undefined,
  tokens: number,
  pictures: boolean,
): Model | undefined {
  const roomy = (models ?? []).filter(
    ({ id, context_window: window, images }) =>
      id !== model?.id && window >= tokens + answerRoom && (images !== undefined || !pictures),
  );
  return nearest(roomy, model);
}

function nearest(models: readonly Model[], model: Model | undefined): Model | undefined {
  const there = models.filter(({ available }) => available);
  return there.find(({ provider }) => provider === model?.provider) ?? there.find(({ demo }) => !demo) ?? there[0];
}

/** What is taken of pictures: by the model, or where it sees none by one that does. */
export function limitsFor(models: readonly Model[] | undefined, model: Model | undefined): ImageLimits | undefined {
  return model?.images ?? seeingModel(models, model)?.images;
}

/**
 * The files of something pasted or dropped; a long text becomes one. A table
 * comes from an office program as text and as its picture: the text is meant.
 */
export function filesIn(data: DataTransfer): { files: File[]; pasted: boolean } {
  const text = data.getData('text/plain');
  if (text === '') {
    return { files: [...data.files].map(named), pasted: false };
  }
  return isLong(text)
    ? { files: [new File([text], i18n.t('Pasted text.txt'), { type: 'text/plain' })], pasted: true }
    : { files: [], pasted: false };
}

/** What the browser calls a picture of the clipboard says nothing. */
function named(file: File): File {
  return file.name === 'image.png' ? new File([file], i18n.t('Pasted picture.png'), { type: file.type }) : file;
}

/** Writes into an input at its cursor as if it were typed: Ctrl+Z takes it back. */
export function insertText(input: HTMLTextAreaElement, words: string): void {
  input.focus();
  // Deprecated, and the only way into the input's own history.
  if (!document.execCommand('insertText', false, words)) {
    input.setRangeText(words, input.selectionStart, input.selectionEnd, 'end');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
