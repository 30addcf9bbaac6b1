import { CircleStop, CornerLeftUp, Ellipsis, ReceiptText, RotateCw, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import { cn } from '@/shared/lib/cn';
import { formatDuration, formatPercent, formatUnderDay } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Menu, MenuItem, MenuSeparator } from '@/shared/ui/menu';
import { Progress } from '@/shared/ui/progress';
import { toast } from '@/shared/ui/toast';
import { cancelJob } from './api';
import { secondsBetween, useTicking } from './clock';
import { costWords } from './cost';
import { Failure } from './failure';
import { titleOf } from './names';
import { isPending } from './pending';
import { Asked, type PictureDoing } from './picture-actions';
import { splitPresets } from './presets';
import { isRunning } from './running';
import { pixelsOf, shapeOf } from './size-choice';
import { TileView } from './tile-view';
import { tilesOf } from './tiles';
import type { ImageJob, ImageModel, ImageSize } from './types';

const ReceiptDialog = lazy(() => import('./receipt-dialog').then((file) => ({ default: file.ReceiptDialog })));

interface GenerationProps {
  job: ImageJob;
  /** Undefined where the server does not list it any more. */
  model: ImageModel | undefined;
  deleted: ReadonlySet<string>;
  doing: PictureDoing;
  onOpen: (fileId: string) => void;
  /** Makes so many of it once more; undefined: all. */
  onAgain: (job: ImageJob, count?: number) => void;
  onDelete: (job: ImageJob) => void;
}

/** What was made together: its words, its pictures, and what it took. */
export function Generation({ job, model, deleted, doing, onOpen, onAgain, onDelete }: GenerationProps) {
  const tiles = tilesOf(job, deleted);
  const shape = shapeFor(job, model);
  const { notes = [] } = job.result ?? {};
  const runs = isRunning(job);
  return (
    <article
      aria-busy={runs}
      aria-label={titleOf(job)}
      className="flex flex-col gap-2 rounded-lg py-4"
      data-job={job.id}
      tabIndex={-1}
    >
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Words prompt={job.input.prompt} />
          <p className="flex flex-wrap gap-x-2 text-muted-foreground text-xs leading-5 tabular-nums">
            {factsOf(job, model, shape).map((fact) => (
              <bdi key={fact}>{fact}</bdi>
            ))}
          </p>
        </div>
        <GenerationActions doing={doing} job={job} onAgain={onAgain} onDelete={onDelete} />
      </div>
      {tiles.length > 0 && (
        <ul
          className={cn(
            'grid grid-cols-2 items-start gap-2',
            (job.input.count ?? 1) > 3 ? 'lg:grid-cols-4' : 'sm:grid-cols-3',
          )}
        >
          {tiles.map((tile) => (
            <li key={tile.index}>
              <TileView
                doing={doing}
                job={job}
                onAgain={() => onAgain(job, 1)}
                onOpen={onOpen}
                shape={shape}
                tile={tile}
              />
            </li>
          ))}
        </ul>
      )}
      {runs && <Way job={job} />}
      {job.status === 'failed' && tiles.length === 0 && (
        <Failure doing={doing} job={job} onAgain={() => onAgain(job)} />
      )}
      {job.status === 'cancelled' && (
        <p className="text-muted-foreground text-sm">
          {tiles.length > 0 ? i18n.t('Cancelled. What came is kept.') : i18n.t('Cancelled before an image was there.')}
        </p>
      )}
      {!runs &&
        notes.map((note) => (
          <p className="text-muted-foreground text-xs" key={note}>
            {note}
          </p>
        ))}
    </article>
  );
}

/** The prompt; the words of a style stand back. */
function Words({ prompt }: { prompt: string }) {
  const typed = splitPresets(prompt).prompt;
  return (
    <h3 className="wrap-anywhere line-clamp-3 text-sm leading-5" title={prompt}>
      <bdi>
        {typed}
        <span className="text-muted-foreground">{prompt.trim().slice(typed.length)}</span>
      </bdi>
    </h3>
  );
}

/** How far it is, and how long it takes. */
function Way({ job }: { job: ImageJob }) {
  // It is counted by this device's clock where it was begun here: the server's may be another.
  const [begun] = useState(() => Date.parse(job.created_at));
  useTicking(true);
  const seconds = secondsBetween(begun, Date.now());
  return (
    <div className="flex items-center gap-3">
      <Progress
        className="flex-1"
        label={i18n.t('Progress of {name}', { name: titleOf(job) })}
        value={job.progress > 0 ? job.progress : null}
      />
      <span aria-hidden={true} className="text-muted-foreground text-xs tabular-nums">
        {job.progress > 0 ? formatPercent(job.progress) : i18n.t('Being made…')}
      </span>
      {seconds > 0 && (
        <span aria-hidden={true} className="min-w-12 text-end text-muted-foreground text-xs tabular-nums">
          <bdi>{formatDuration(seconds)}</bdi>
        </span>
      )}
    </div>
  );
}

type ActionsProps = Pick<GenerationProps, 'job' | 'doing' | 'onAgain' | 'onDelete'>;

function GenerationActions({ job, doing, onAgain, onDelete }: ActionsProps) {
  const [cancelling, setCancelling] = useState(false);
  const [receipt, setReceipt] = useState(false);
  const name = titleOf(job);
  const cancel = async () => {
    setCancelling(true);
    try {
      await cancelJob(job.id);
    } catch (error) {
      setCancelling(false);
      toast({ title: i18n.t('It was not cancelled'), description: asProblem(error).message, error: true });
    }
  };
  if (isRunning(job)) {
    return (
      <Button
        aria-label={i18n.t('Cancel {name}', { name })}
        busy={cancelling || isPending(job)}
        className="pointer-coarse:h-11"
        onClick={() => void cancel()}
        size="small"
      >
        <CircleStop aria-hidden={true} />
        {i18n.t('Cancel')}
      </Button>
    );
  }
  return (
    <>
      <Button
        aria-label={i18n.t('Reuse the settings of {name}', { name })}
        className="pointer-coarse:h-11 pointer-coarse:min-w-11"
        onClick={() => doing.onReuse(job)}
        size="small"
        variant="ghost"
      >
        <CornerLeftUp aria-hidden={true} />
        <span className="max-sm:sr-only">{i18n.t('Reuse')}</span>
      </Button>
      <Menu
        trigger={
          <Button aria-label={i18n.t('Actions for all of {name}', { name })} size="icon-small" variant="ghost">
            <Ellipsis aria-hidden={true} />
          </Button>
        }
      >
        <MenuItem onClick={() => onAgain(job)}>
          <RotateCw aria-hidden={true} />
          {i18n.t('Make again')}
          <Asked className="ms-auto ps-4" words={doing.asks(job)} />
        </MenuItem>
        <MenuItem onClick={() => setReceipt(true)}>
          <ReceiptText aria-hidden={true} />
          {i18n.t('Receipt')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem destructive={true} onClick={() => onDelete(job)}>
          <Trash2 aria-hidden={true} />
          {i18n.t('Delete all of it')}
        </MenuItem>
      </Menu>
      <Suspense>{receipt && <ReceiptDialog job={job} onOpenChange={setReceipt} />}</Suspense>
    </>
  );
}

/** The pixels of what is to come. */
function shapeFor({ input, result }: ImageJob, model: ImageModel | undefined): Pick<ImageSize, 'width' | 'height'> {
  return (
    model?.sizes.find(({ id }) => id === input.size) ?? result?.files[0] ?? model?.sizes[0] ?? { width: 1, height: 1 }
  );
}

/** The small print: by what, how large, when, how much. */
function factsOf(job: ImageJob, model: ImageModel | undefined, shape: Pick<ImageSize, 'width' | 'height'>): string[] {
  const facts = [
    model?.name ?? job.model,
    `${shapeOf(shape)} ${pixelsOf(shape)}`,
    formatUnderDay(job.created_at),
    costWords(job) ?? '',
  ];
  return facts.filter((fact) => fact !== '');
}
