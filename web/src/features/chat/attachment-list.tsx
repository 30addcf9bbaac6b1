import { FileText, RotateCw, TextCursorInput, X } from 'lucide-react';
import type { MouseEvent } from 'react';
import { cn } from '@/shared/lib/cn';
import { formatBytes, formatNumber, formatPercent } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Progress } from '@/shared/ui/progress';
import { type Attachment, addressOf, attachments } from './attachments';

interface AttachmentListProps {
  draft: string;
  list: readonly Attachment[];
  /** Puts a pasted text where it would have gone. */
  onInsert: (attachment: Attachment) => void;
  /** The last one is gone, and with it what had the focus. */
  onEmpty: () => void;
}

/** What goes with the question, and how far it is. */
export function AttachmentList({ draft, list, onInsert, onEmpty }: AttachmentListProps) {
  return (
    <ul
      aria-label={i18n.t('Attached files')}
      className="mb-1 flex max-h-[30dvh] flex-wrap gap-2 overflow-y-auto overscroll-contain p-0.5"
    >
      {list.map((attachment) => (
        <Chip attachment={attachment} draft={draft} key={attachment.key} onEmpty={onEmpty} onInsert={onInsert} />
      ))}
    </ul>
  );
}

type ChipProps = Omit<AttachmentListProps, 'list'> & { attachment: Attachment };

function Chip({ attachment, draft, onInsert, onEmpty }: ChipProps) {
  const { key, name, state, problem, pasted } = attachment;
  const failed = state === 'failed';
  const onItsWay = state !== 'failed' && state !== 'ready';
  const retry = i18n.t('Try {name} again', { name });
  const insert = i18n.t('Insert as text');
  const remove = (event: MouseEvent<HTMLElement>) => {
    const item = event.currentTarget.closest('li');
    const next = item?.nextElementSibling ?? item?.previousElementSibling;
    const button = next?.querySelector<HTMLElement>('[data-remove]');
    if (button) {
      button.focus();
    } else {
      onEmpty();
    }
    attachments.remove(draft, key);
  };
  return (
    <li
      className={cn(
        'flex min-w-0 items-center gap-2 rounded-lg border bg-sidebar p-1.5 text-sm',
        failed ? 'w-full border-destructive/50' : 'w-full sm:w-[calc(50%-0.25rem)]',
      )}
    >
      <Thumbnail attachment={attachment} />
      <div className="min-w-0 flex-1">
        <p className="truncate leading-5" dir="auto" title={name}>
          {name}
        </p>
        {onItsWay ? (
          <Way attachment={attachment} />
        ) : (
          <p
            className={cn(
              'text-xs',
              failed ? 'wrap-anywhere text-pretty text-destructive' : 'truncate text-muted-foreground',
            )}
          >
            {failed ? problem?.message : factsOf(attachment)}
          </p>
        )}
      </div>
      <div className="flex shrink-0 items-center">
        {failed && problem?.retryable && (
          <Button
            aria-label={retry}
            onClick={() => attachments.retry(draft, key)}
            size="icon-small"
            title={retry}
            variant="ghost"
          >
            <RotateCw aria-hidden={true} />
          </Button>
        )}
        {pasted && state === 'ready' && (
          <Button
            aria-label={insert}
            onClick={() => onInsert(attachment)}
            size="icon-small"
            title={insert}
            variant="ghost"
          >
            <TextCursorInput aria-hidden={true} />
          </Button>
        )}
        <Button
          aria-label={onItsWay ? i18n.t('Cancel the upload of {name}', { name }) : i18n.t('Remove {name}', { name })}
          data-remove={true}
          onClick={remove}
          size="icon-small"
          variant="ghost"
        >
          <X aria-hidden={true} />
        </Button>
      </div>
    </li>
  );
}

function Thumbnail({ attachment: { file, preview } }: { attachment: Attachment }) {
  const source = preview ?? (file?.kind === 'image' ? addressOf(file.id) : undefined);
  const box = 'flex size-10 shrink-0 items-center justify-center rounded-md border bg-background';
  return source === undefined ? (
    <span className={box}>
      <FileText aria-hidden={true} className="size-5 text-muted-foreground" />
    </span>
  ) : (
    <img alt="" className={cn(box, 'object-cover')} height={40} src={source} width={40} />
  );
}

function Way({ attachment: { name, state, fraction } }: { attachment: Attachment }) {
  const uploading = state === 'uploading';
  return (
    <div className="flex h-4 items-center gap-2">
      <Progress
        className="flex-1"
        label={i18n.t('Upload of {name}', { name })}
        value={uploading ? Math.round(fraction * 100) : null}
      />
      <span aria-hidden={true} className="text-muted-foreground text-xs tabular-nums">
        {uploading ? formatPercent(fraction * 100) : i18n.t('Waits')}
      </span>
    </div>
  );
}

/** What it is and how large. */
function factsOf({ file, size, scaled }: Attachment): string {
  const facts = [formatBytes(size)];
  if (file?.width !== undefined && file.height !== undefined) {
    facts.push(i18n.t('{width} × {height}', { width: file.width, height: file.height }));
  }
  if (file?.pages !== undefined) {
    facts.push(i18n.t('{pages, plural, one {# page} other {# pages}}', { pages: file.pages }));
  } else if (file?.characters !== undefined) {
    facts.push(i18n.t('{characters} characters', { characters: formatNumber(file.characters) }));
  }
  if (scaled) {
    facts.push(i18n.t('scaled down'));
  }
  return facts.join(' · ');
}
