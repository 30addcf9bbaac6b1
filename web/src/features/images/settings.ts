import type { ImageModel, ImageRequest, ImageSize } from './types';

/** How pictures are wished for. What the chosen model cannot do stays here, for one that can. */
export interface Settings {
  /** Chosen; undefined: the server's first. */
  model?: string | undefined;
  count: number;
  /** A size's id, with its pixels for models that have another nearest to it. */
  size?: ImageSize | undefined;
  quality?: string | undefined;
  guidance?: number | undefined;
  /** Undefined: another one each time. */
  seed?: number | undefined;
  /** The seed stays after the pictures are made. */
  seedKept?: boolean | undefined;
  negative: string;
  /** Ids of styles. */
  presets: string[];
}

export const usual: Settings = { count: 1, negative: '', presets: [] };

export const mostSeed = 2_147_483_647;

export const randomSeed = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % mostSeed;

/** What a model makes of the wishes. */
export interface Fitted {
  count: number;
  size: ImageSize | undefined;
  quality: string | undefined;
  guidance: number | undefined;
  seed: number | undefined;
  negative: string;
}

/** A wish that a model does not meet. */
export type Unmet = 'count' | 'size' | 'quality' | 'guidance' | 'seed' | 'negative';

export const takes = (model: ImageModel, parameter: 'negative_prompt' | 'guidance_scale' | 'seed'): boolean =>
  model.parameters.includes(parameter);

/** What of the wishes fits a model: only what it can do is shown, and sent. */
export function fitted(wishes: Settings, model: ImageModel): Fitted {
  const { count, size, quality, guidance, seed, negative } = wishes;
  return {
    count: Math.min(count, model.max_count),
    size: nearest(size, model.sizes),
    quality: model.qualities.find((id) => id === quality) ?? model.qualities[0],
    guidance: takes(model, 'guidance_scale') ? guidance : undefined,
    seed: takes(model, 'seed') ? seed : undefined,
    negative: takes(model, 'negative_prompt') ? negative : '',
  };
}

/** The wishes that a model leaves out or changes. */
export function unmet(wishes: Settings, model: ImageModel): Unmet[] {
  const fit = fitted(wishes, model);
  const left: [Unmet, boolean][] = [
    ['size', wishes.size !== undefined && fit.size?.id !== wishes.size.id],
    ['quality', wishes.quality !== undefined && fit.quality !== wishes.quality],
    ['count', fit.count < wishes.count],
    ['negative', wishes.negative.trim() !== '' && fit.negative === ''],
    ['guidance', wishes.guidance !== undefined && fit.guidance === undefined],
    ['seed', wishes.seed !== undefined && fit.seed === undefined],
  ];
  return left.filter(([, is]) => is).map(([wish]) => wish);
}

/** The same size, else the one whose shape and then whose pixels come nearest. */
function nearest(size: ImageSize | undefined, sizes: readonly ImageSize[]): ImageSize | undefined {
  const [first] = sizes;
  if (!(size && first)) {
    return first;
  }
  const distance = ({ width, height }: ImageSize) =>
    10 * Math.abs(Math.log((width * size.height) / (height * size.width))) +
    Math.abs(Math.log((width * height) / (size.width * size.height)));
  return (
    sizes.find(({ id }) => id === size.id) ??
    sizes.reduce((best, each) => (distance(each) < distance(best) ? each : best), first)
  );
}

/** What the server is asked. */
export function requestOf(
  wishes: Settings,
  model: ImageModel,
  prompt: string,
  inputs: readonly string[],
): ImageRequest {
  const { count, size, quality, guidance, seed, negative } = fitted(wishes, model);
  return {
    model: model.id,
    prompt,
    count,
    ...(size && { size: size.id }),
    ...(quality !== undefined && { quality }),
    ...(negative.trim() !== '' && { negative_prompt: negative.trim() }),
    ...(guidance !== undefined && { guidance_scale: guidance }),
    ...(seed !== undefined && { seed }),
    ...(inputs.length > 0 && { image_file_ids: [...inputs] }),
  };
}

/** The wishes of something that was made, to make it again. */
export function wishesOf(request: ImageRequest, model: ImageModel | undefined, presets: string[]): Settings {
  return {
    model: request.model,
    count: request.count ?? 1,
    size: model?.sizes.find(({ id }) => id === request.size),
    quality: request.quality,
    guidance: request.guidance_scale,
    seed: request.seed,
    ...(request.seed !== undefined && { seedKept: true }),
    negative: request.negative_prompt ?? '',
    presets,
  };
}

/** What a job was asked for, as it can be asked for again: a job's input may say more than a request does. */
export function asked({
  model,
  prompt,
  negative_prompt,
  count,
  size,
  quality,
  guidance_scale,
  seed,
  image_file_ids,
}: ImageRequest): ImageRequest {
  const request = { model, prompt, negative_prompt, count, size, quality, guidance_scale, seed, image_file_ids };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as ImageRequest;
}
