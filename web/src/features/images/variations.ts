import { asked, randomSeed, takes } from './settings';
import type { ImageFile, ImageJob, ImageModel, ImageRequest } from './types';

/** The same once more; or only so many of it. */
export function again({ input }: ImageJob, count = input.count ?? 1): ImageRequest {
  return { ...asked(input), count };
}

/** One more like a picture: with another seed, or where there is none with the picture to go by. */
export function varied(
  { input }: ImageJob,
  { id }: ImageFile,
  model: ImageModel | undefined,
): ImageRequest | undefined {
  if (!model) {
    return undefined;
  }
  const request = { ...asked(input), count: 1 };
  if (takes(model, 'seed')) {
    return { ...request, seed: randomSeed() };
  }
  return model.edit ? { ...request, image_file_ids: [id] } : request;
}
