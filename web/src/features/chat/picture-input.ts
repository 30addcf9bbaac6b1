import { formatUsdShort } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
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

/** About what a picture costs, to the cent above; undefined where nobody knows. */
export function aboutCost({ price }: Model): string | undefined {
  const dollars = price?.about_usd_per_image;
  if (dollars === undefined) {
    return undefined;
  }
  const step = dollars >= 0.01 ? 100 : 10_000;
  return dollars === 0
    ? i18n.t('free')
    : i18n.t('about {cost}', { cost: formatUsdShort(Math.ceil(dollars * step - 1e-6) / step) });
}
