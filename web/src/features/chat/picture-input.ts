import type { Turn } from './tree';
import type { AttachedFile, Model } from './types';

/** Whether a picture of the conversation goes along with the next question, as the server has it. */
export function goesAlong({ images }: Model, turns: readonly Turn[]): boolean {
  return (
    images !== undefined &&
    turns.some(({ message }) => message.files?.some((file) => file.kind === 'image' && takes(images, file)))
  );
}

function takes(limits: NonNullable<Model['images']>, { content_type, size, width = 0, height = 0 }: AttachedFile) {
  return (
    limits.types.includes(content_type) &&
    size <= Math.min(limits.max_bytes, limits.max_total_bytes) &&
    Math.max(width, height) <= limits.max_edge
  );
}
