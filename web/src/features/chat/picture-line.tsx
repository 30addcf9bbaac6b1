import { useAttachments } from '@/shared/files/attachments';
import { i18n } from '@/shared/lib/text';
import { isPicture } from './attaching';
import { aboutCost, goesAlong } from './picture-input';
import type { Turn } from './tree';
import type { Model } from './types';

interface PictureLineProps {
  draft: string;
  model: Model | undefined;
  /** What is shown of the conversation. */
  turns: readonly Turn[];
}

/** Says above the input that the answer is a picture, of what it is made, and about what it costs. */
export function PictureLine({ draft, model, turns }: PictureLineProps) {
  const attached = useAttachments(draft).some(isPicture);
  if (!model?.picture) {
    return null;
  }
  return (
    <p className="px-3 pb-1.5 text-muted-foreground text-xs">
      {[whatItDoes(attached, goesAlong(model, turns)), aboutCost(model)].filter(Boolean).join(' · ')}
    </p>
  );
}

function whatItDoes(attached: boolean, earlier: boolean): string {
  if (attached) {
    return i18n.t('Makes a picture from those attached');
  }
  return earlier ? i18n.t('Makes a picture from the last one here') : i18n.t('Makes a picture');
}
