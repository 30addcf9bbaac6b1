import { formatCompact, formatUsdShort } from '@/shared/lib/format';
import { later, useLater } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { isPicture, roomierModel, seeingModel } from './attaching';
import { makesPictures } from './model-settings';
import type { Model } from './types';
import { type Attaching, useAttachmentNews } from './use-attaching';

const chips = later(() => import('./attachment-list'));

interface AttachmentAreaProps {
  attaching: Attaching;
  /** Takes the focus when the last file is gone. */
  onEmpty: () => void;
}

/** The files above an input, what the question takes with them, and why it cannot be sent so. */
export function AttachmentArea({ attaching, onEmpty }: AttachmentAreaProps) {
  const { draft, list, hindrance, counted } = attaching;
  const parts = useLater(chips, list.length > 0);
  const news = useAttachmentNews(draft);
  const hint = hindrance && wordsFor(attaching);
  return (
    <>
      <p className="sr-only" role="status">
        {[news, hindrance === 'uploading' ? '' : hint].filter(Boolean).join('. ')}
      </p>
      {list.length > 0 && parts && <parts.AttachmentList attaching={attaching} onEmpty={onEmpty} />}
      {hint !== undefined && <Hint attaching={attaching} words={hint} />}
      {list.length > 0 && !makesPictures(attaching.choice.model) && (counted.count || counted.pending) && (
        <p className="px-2 pb-1 text-muted-foreground text-xs" title={i18n.t('The whole prompt, without the answer')}>
          {counted.count
            ? i18n.t('≈ {tokens} tokens · {cost}', {
                tokens: about.format(counted.count.prompt_tokens),
                cost: formatUsdShort(counted.count.prompt_cost_usd),
              })
            : i18n.t('≈ … tokens')}
        </p>
      )}
    </>
  );
}

/** Nobody needs the last digit of an estimate. */
const about = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });

function Hint({ attaching: { choice, hindrance }, attaching, words }: { attaching: Attaching; words: string }) {
  const other = otherModel(attaching);
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-2 pb-1 text-sm">
      <p className={hindrance === 'uploading' ? 'text-muted-foreground' : 'text-warning'}>{words}</p>
      {other && (
        <Button className="pointer-coarse:h-11" onClick={() => choice.choose(other)} size="small">
          {i18n.t('Use {name}', { name: other.name })}
        </Button>
      )}
    </div>
  );
}

function otherModel({ choice: { model, models }, counted, hindrance, list }: Attaching): Model | undefined {
  switch (hindrance) {
    case 'blind':
      return seeingModel(models, model);
    case 'full':
      return roomierModel(models, model, counted.count?.prompt_tokens ?? 0, list.some(isPicture));
    default:
      return undefined;
  }
}

function wordsFor({ choice, counted: { count, problem }, hindrance }: Attaching): string {
  const name = choice.model?.name ?? '';
  switch (hindrance) {
    case 'blind':
      return i18n.t('{name} does not see pictures.', { name });
    case 'unread':
      return i18n.t('{name} takes pictures and no other files.', { name });
    case 'failed':
      return i18n.t('Remove what could not be attached, or try it again; then it can be sent.');
    case 'refused':
      return [problem?.message, ...Object.values(problem?.fields ?? {}).slice(0, 1)].join(' ');
    case 'full':
      return i18n.t('This is too long for {name}, which takes {window} tokens with its answer.', {
        name,
        window: formatCompact(count?.context_window ?? 0),
      });
    default:
      return i18n.t('It can be sent when everything is uploaded.');
  }
}
