import { CircleAlert, RotateCw, X } from 'lucide-react';
import type { MouseEvent } from 'react';
import { type Attachment, thumbnailOf } from '@/shared/files/attachment';
import { attachments } from '@/shared/files/attachments';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Progress } from '@/shared/ui/progress';

interface InputListProps {
  draft: string;
  list: readonly Attachment[];
  /** The ids of those that the server has no more. */
  gone: readonly string[];
  /** The last one is gone, and with it what had the focus. */
  onEmpty: () => void;
}

/** The pictures that go along with the prompt, and how far they are. */
export function InputList({ draft, list, gone, onEmpty }: InputListProps) {
  return (
    <>
      <ul aria-label={i18n.t('Pictures to change')} className="flex flex-wrap gap-2 p-1">
        {list.map((attachment) => (
          <Input
            attachment={attachment}
            draft={draft}
            isGone={attachment.file !== undefined && gone.includes(attachment.file.id)}
            key={attachment.key}
            onEmpty={onEmpty}
          />
        ))}
      </ul>
      {list.map(
        ({ key, problem }) =>
          problem && (
            <p className="px-2 pb-1 text-destructive text-sm" key={key}>
              {problem.message}
            </p>
          ),
      )}
    </>
  );
}

interface InputProps extends Pick<InputListProps, 'draft' | 'onEmpty'> {
  attachment: Attachment;
  isGone: boolean;
}

function Input({ draft, attachment, isGone, onEmpty }: InputProps) {
  const { key, name, state, fraction, preview, file, problem } = attachment;
  const source = preview ?? (file && thumbnailOf(file.id));
  const isWrong = state === 'failed' || isGone;
  const onItsWay = state !== 'ready' && state !== 'failed';
  const remove = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    const item = currentTarget.closest('li');
    const next = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector<HTMLElement>(
      '[data-remove]',
    );
    if (next) {
      next.focus();
    } else {
      onEmpty();
    }
    attachments.remove(draft, key);
  };
  return (
    <li
      className={cn(
        'relative size-18 shrink-0 overflow-hidden rounded-lg border bg-muted',
        isWrong && 'border-destructive',
      )}
      title={isGone ? i18n.t('{name} was deleted', { name }) : name}
    >
      {source !== undefined && (
        <img
          alt={name}
          className={cn('size-full object-cover', isGone && 'opacity-40')}
          height={72}
          src={source}
          width={72}
        />
      )}
      {isWrong && <CircleAlert aria-hidden={true} className="absolute start-1.5 bottom-1.5 size-4 text-destructive" />}
      {state === 'failed' && problem?.retryable && (
        <Button
          aria-label={i18n.t('Try {name} again', { name })}
          className="absolute start-0.5 top-0.5 size-7 bg-background/85 pointer-coarse:size-8"
          onClick={() => attachments.retry(draft, key)}
          size="icon-small"
          variant="ghost"
        >
          <RotateCw aria-hidden={true} />
        </Button>
      )}
      {onItsWay && (
        <div className="absolute inset-x-0 bottom-0 bg-background/85 p-1">
          <Progress
            label={i18n.t('Upload of {name}', { name })}
            value={state === 'uploading' && fraction < 1 ? Math.round(fraction * 100) : null}
          />
        </div>
      )}
      <button
        aria-label={onItsWay ? i18n.t('Cancel the upload of {name}', { name }) : i18n.t('Remove {name}', { name })}
        className="absolute end-0 top-0 flex size-8 cursor-pointer items-start justify-end p-0.5 pointer-coarse:size-11"
        data-remove={true}
        onClick={remove}
        type="button"
      >
        <span className="rounded-full bg-background/90 p-1 shadow-xs">
          <X aria-hidden={true} className="size-3.5" />
        </span>
      </button>
    </li>
  );
}
