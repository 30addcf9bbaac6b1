import type { Problem } from '@/shared/api/problem';
import type { AttachedFile, ImageLimits } from '@/shared/api/types';
import type { Attachment } from '@/shared/files/attachment';
import type { EditLimits, ImageFile, ImageModel, ImageRequest } from './types';

/** Why pictures cannot go along as they are. */
export type Hindrance = 'uploading' | 'gone' | 'failed' | 'blind' | 'many' | 'large';

/** Why a model would not take these pictures; undefined: it does. */
export function hindranceOf(
  list: readonly Attachment[],
  model: ImageModel | undefined,
  gone: readonly string[] = [],
): Hindrance | undefined {
  if (list.length === 0) {
    return undefined;
  }
  const edit = model?.edit;
  if (!edit) {
    return 'blind';
  }
  if (list.some(({ file }) => file && gone.includes(file.id))) {
    return 'gone';
  }
  if (list.some(({ state }) => state === 'failed')) {
    return 'failed';
  }
  if (list.length > edit.max_count) {
    return 'many';
  }
  if (list.reduce((sum, { size }) => sum + size, 0) > edit.max_total_bytes) {
    return 'large';
  }
  return list.every(({ state }) => state === 'ready') ? undefined : 'uploading';
}

/** A model that changes pictures: of the same provider where it has one. */
export function editor(models: readonly ImageModel[], model: ImageModel | undefined): ImageModel | undefined {
  const able = models.filter(({ available, edit }) => available && edit);
  return able.find(({ provider }) => provider === model?.provider) ?? able.find(({ demo }) => !demo) ?? able[0];
}

/** What is taken of pictures: by the model, or where it takes none by one that does. */
export function limitsFor(models: readonly ImageModel[], model: ImageModel | undefined): EditLimits | undefined {
  return model?.edit ?? editor(models, model)?.edit;
}

/** The limits, as whoever prepares an upload reads them. */
export const asImageLimits = (limits: EditLimits | undefined): ImageLimits | undefined => limits;

/** A picture of the gallery, to go along with a prompt. */
export const attachedOf = ({ id, name, width, height, size }: ImageFile): AttachedFile => ({
  id,
  name,
  width,
  height,
  size,
  kind: 'image',
  content_type: 'image/png',
});

/** A picture that went along with something made before, of which the page knows nothing but its id. */
export const attachedById = (id: string, name: string): AttachedFile => ({
  id,
  name,
  size: 0,
  kind: 'image',
  content_type: 'image/png',
});

/** Only pictures can go along. */
export function picturesOf(files: readonly File[]): { pictures: File[]; others: File[] } {
  const pictures = files.filter(({ type }) => type.startsWith('image/'));
  return { pictures, others: files.filter((file) => !pictures.includes(file)) };
}

const place = /^image_file_ids\[(?<at>\d+)\]$/u;
const missing = 'is not a file of yours';

/** The pictures of a request that the server has no more, as its refusal says. */
export function goneOf({ fields }: Problem, { image_file_ids: ids }: ImageRequest): string[] {
  return Object.entries(fields).flatMap(([field, message]) => {
    const at = place.exec(field)?.groups?.at;
    return (at !== undefined && message.startsWith(missing) && ids?.[Number(at)]) || [];
  });
}

/** The picture that a refusal means, counted from 1; undefined: it means something else. */
export function placeOf(field: string): number | undefined {
  const at = place.exec(field)?.groups?.at;
  return at === undefined ? undefined : Number(at) + 1;
}
