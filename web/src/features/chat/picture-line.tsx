import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { usageQuery } from '@/shared/api/usage';
import { useAttachments } from '@/shared/files/attachments';
import { aboutWords, leftWords, meterOf } from '@/shared/lib/quota';
import { i18n } from '@/shared/lib/text';
import { isPicture } from './attaching';
import { goesAlong } from './picture-input';
import type { Turn } from './tree';
import type { Model } from './types';

interface PictureLineProps {
  draft: string;
  model: Model | undefined;
  /** What is shown of the conversation. */
  turns: readonly Turn[];
}

const fresh = 60_000;

/** Says above the input that the answer is a picture, of what it is made, about what it costs, and how many are left. */
export function PictureLine({ draft, model, turns }: PictureLineProps) {
  const attached = useAttachments(draft).some(isPicture);
  const { data } = useQuery({ ...usageQuery, staleTime: fresh });
  const meter = meterOf(data, 'images');
  if (!model?.picture) {
    return null;
  }
  return (
    <p className="px-3 pb-1.5 text-muted-foreground text-xs">
      {whatItDoes(attached, goesAlong(model, turns))}
      {[aboutWords(model.price?.about_usd_per_image), meter && leftWords(meter)].map(
        (words) =>
          words !== undefined && (
            <Fragment key={words}>
              {' · '}
              <bdi>{words}</bdi>
            </Fragment>
          ),
      )}
    </p>
  );
}

function whatItDoes(attached: boolean, earlier: boolean): string {
  if (attached) {
    return i18n.t('Makes a picture from those attached');
  }
  return earlier ? i18n.t('Makes a picture from the last one here') : i18n.t('Makes a picture');
}
