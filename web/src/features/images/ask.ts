import { i18n } from '@/shared/lib/text';
import { priceWords } from './quote';
import { fitted, wishesOf } from './settings';
import type { ImageModel, ImageRequest } from './types';

/** What one click makes and about what it costs, said before it: “2 images · about $0.06”. */
export function askWords(request: ImageRequest, model: ImageModel): string {
  const count = request.count ?? 1;
  const price = priceWords(model, { ...fitted(wishesOf(request, model, []), model), count });
  return price === undefined
    ? i18n.t('{count, plural, one {# image} other {# images}}', { count })
    : i18n.t('{count, plural, one {# image} other {# images}} · {price}', { count, price });
}
