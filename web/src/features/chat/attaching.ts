import { i18n } from '@/shared/lib/text';
import type { Attachment } from './attachments';
import type { ImageLimits, Model } from './types';

/** A pasted text longer than this goes along as a file. */
const longText = 4000;
const longLines = 100;

export function isLong(text: string): boolean {
  return text.length > longText || text.split('\n', longLines + 1).length > longLines;
}

/** Why a question cannot be sent with these files; undefined: it can. */
export type Hindrance = 'uploading' | 'failed' | 'blind';

export function hindranceOf(list: readonly Attachment[], model: Model | undefined): Hindrance | undefined {
  if (model && !model.images && list.some(isPicture)) {
    return 'blind';
  }
  if (list.some(({ state }) => state === 'failed')) {
    return 'failed';
  }
  return list.some(({ state }) => state !== 'ready') ? 'uploading' : undefined;
}

function isPicture({ file, preview, state }: Attachment): boolean {
  return state !== 'failed' && (file ? file.kind === 'image' : preview !== undefined);
}

/** A model that sees pictures: of the same provider where it has one. */
export function seeingModel(models: readonly Model[] | undefined, model: Model | undefined): Model | undefined {
  const seeing = (models ?? []).filter(({ available, images }) => available && images);
  return seeing.find(({ provider }) => provider === model?.provider) ?? seeing.find(({ demo }) => !demo) ?? seeing[0];
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
