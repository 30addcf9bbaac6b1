import { FileText, RotateCw, TextCursorInput, X } from 'lucide-react';
import { type MouseEvent, useState } from 'react';
import type { Attachment } from '@/shared/files/attachment';
import { attachments } from '@/shared/files/attachments';
import { previews } from '@/shared/files/previews';
import { cn } from '@/shared/lib/cn';
import { formatBytes, formatPercent } from '@/shared/lib/format';
import { later, useLater } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Progress } from '@/shared/ui/progress';
import type { Counted } from './attaching';
import { extentOf } from './file-facts';
import type { Attaching } from './use-attaching';

const viewer = later(() => import('./file-viewer'));

/** Once the person has signed in again, it may go through. */
const unauthenticated = 401;

interface AttachmentListProps {
  attaching: Attaching;
  /** The last one is gone, and with it what had the focus. */
  onEmpty: () => void;
}

/** What goes with the question, and how far it is. */
export function AttachmentList({ attaching, onEmpty }: AttachmentListProps) {
  return (
    <ul
      aria-label={i18n.t('Attached files')}
      className="mb-1 flex max-h-[30dvh] flex-wrap gap-2 overflow-y-auto overscroll-contain p-0.5"
    >
      {attaching.list.map((attachment) => (
        <Chip attaching={attaching} attachment={attachment} key={attachment.key} onEmpty={onEmpty} />
      ))}
    </ul>
  );
}

type ChipProps = AttachmentListProps & { attachment: Attachment };

function Chip({ attaching, attachment, onEmpty }: ChipProps) {
  const { draft, insert, counted } = attaching;
  const { key, name, state, problem, pasted } = attachment;
  const failed = state === 'failed';
  const onItsWay = state !== 'failed' && state !== 'ready';
  const retry = i18n.t('Try {name} again', { name });
  const asText = i18n.t('Insert as text');
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
            {failed ? problem?.message : factsOf(attachment, counted)}
          </p>
        )}
      </div>
      <div className="flex shrink-0 items-center">
        {failed && (problem?.retryable || problem?.status === unauthenticated) && (
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
            aria-label={asText}
            onClick={() => void insert(attachment)}
            size="icon-small"
            title={asText}
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

/** The picture, or a sign for a text; what the server has opens over the page. */
function Thumbnail({ attachment: { file, name, preview } }: { attachment: Attachment }) {
  const [open, setOpen] = useState(false);
  const parts = useLater(viewer, open);
  const source = preview ?? (file?.kind === 'image' ? previews.of(file) : undefined);
  const box = 'flex size-10 shrink-0 items-center justify-center overflow-hidden rounded-md border bg-background';
  const content =
    source === undefined ? (
      <FileText aria-hidden={true} className="size-5 text-muted-foreground" />
    ) : (
      <img alt="" className="size-full object-cover" height={40} src={source} width={40} />
    );
  if (!file || file.kind === 'pdf') {
    return <span className={box}>{content}</span>;
  }
  return (
    <>
      <button
        aria-label={i18n.t('Show {name}', { name })}
        className={cn(box, 'cursor-zoom-in pointer-coarse:size-11')}
        onClick={() => setOpen(true)}
        type="button"
      >
        {content}
      </button>
      {open && parts && <parts.FileViewer file={file} onClose={() => setOpen(false)} />}
    </>
  );
}

/** How far it is: the server reads a file when it has the whole of it. */
function Way({ attachment: { name, state, fraction } }: { attachment: Attachment }) {
  const uploading = state === 'uploading' && fraction < 1;
  return (
    <div className="flex h-4 items-center gap-2">
      <Progress
        className="flex-1"
        label={i18n.t('Upload of {name}', { name })}
        value={uploading ? Math.round(fraction * 100) : null}
      />
      <span aria-hidden={true} className="text-muted-foreground text-xs tabular-nums">
        {wordFor(state, fraction)}
      </span>
    </div>
  );
}

function wordFor(state: Attachment['state'], fraction: number): string {
  if (state !== 'uploading') {
    return i18n.t('Waits');
  }
  return fraction < 1 ? formatPercent(fraction * 100) : i18n.t('Reading…');
}

/** How large it is, what is in it, and what the model makes of it. */
function factsOf({ file, size, scaled }: Attachment, counted: Counted): string {
  const tokens = counted.count?.files.find(({ id }) => id === file?.id)?.tokens;
  const facts = [formatBytes(size), ...(file ? extentOf(file) : [])];
  if (scaled) {
    facts.push(i18n.t('scaled down'));
  }
  if (tokens !== undefined) {
    facts.push(i18n.t('{tokens, plural, one {# token} other {# tokens}}', { tokens }));
  } else if (counted.pending && file?.kind !== 'image') {
    facts.push('…');
  }
  return facts.join(' · ');
}
