import { formatMoment } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ago } from './ago';

/** When something was last used, as words; exact for whoever points at it. */
export function LastUsed({ at }: { at: string | null | undefined }) {
  if (at === null || at === undefined) {
    return i18n.t('Never used');
  }
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {i18n.t('Last used {ago}', { ago: ago(at) })}
    </time>
  );
}
