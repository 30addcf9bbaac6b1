import { FileText, ImageOff } from 'lucide-react';
import { useState } from 'react';
import { addressOf } from '@/shared/files/attachment';
import { previews } from '@/shared/files/previews';
import { cn } from '@/shared/lib/cn';
import { later, useLater } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { factsOf } from './file-facts';
import type { AttachedFile } from './types';

const viewer = later(() => import('./file-viewer'));

/** The files that went with a question. Pictures and texts open over the page, a PDF in a tab of its own. */
export function FileList({ files }: { files: readonly AttachedFile[] }) {
  const [open, setOpen] = useState<AttachedFile>();
  const parts = useLater(viewer, open !== undefined);
  const pictures = files.filter(({ kind }) => kind === 'image');
  const others = files.filter(({ kind }) => kind !== 'image');
  return (
    <div className="mb-1 flex max-w-[85%] flex-col items-end gap-2">
      {pictures.length > 0 && (
        <ul aria-label={i18n.t('Pictures')} className="flex flex-wrap justify-end gap-2">
          {pictures.map((file) => (
            <li className="max-w-full" key={file.id}>
              <Picture alone={pictures.length === 1} file={file} onOpen={() => setOpen(file)} />
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <ul aria-label={i18n.t('Files')} className="flex max-w-full flex-wrap justify-end gap-2">
          {others.map((file) => (
            <li className="max-w-full" key={file.id}>
              <Card file={file} onOpen={() => setOpen(file)} />
            </li>
          ))}
        </ul>
      )}
      {open && parts && <parts.FileViewer file={open} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

interface PartProps {
  file: AttachedFile;
  onOpen: () => void;
}

/** How large a picture is that is alone. */
const largest = 256;
const least = 56;

/** A picture that is alone keeps its shape; several are tiles. Its place is there before it is. */
function Picture({ file, alone, onOpen }: PartProps & { alone: boolean }) {
  const [broken, setBroken] = useState(false);
  const { name, width = largest, height = largest } = file;
  const scale = Math.min(1, largest / Math.max(width, height));
  const sides = [width, height].map((side) => Math.max(least, Math.round(side * scale)));
  return (
    <button
      aria-label={i18n.t('Show {name}', { name })}
      className="block max-w-full cursor-zoom-in overflow-hidden rounded-xl border bg-muted"
      onClick={onOpen}
      title={name}
      type="button"
    >
      {broken ? (
        <span className="flex size-28 items-center justify-center">
          <ImageOff aria-hidden={true} className="size-5 text-muted-foreground" />
        </span>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveElementInteractions: that it cannot be loaded is nothing that a person does
        <img
          alt=""
          className={cn('block object-cover', alone ? 'h-auto max-w-full' : 'size-28')}
          decoding="async"
          height={sides[1]}
          loading="lazy"
          onError={() => setBroken(true)}
          src={previews.of(file)}
          width={sides[0]}
        />
      )}
    </button>
  );
}

const cardStyle =
  'flex min-h-14 max-w-full items-center gap-3 rounded-xl border bg-background py-2 ps-2 pe-4 text-start hover:bg-accent';

function Card({ file, onOpen }: PartProps) {
  const { id, name, kind } = file;
  const content = (
    <>
      <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-muted">
        <FileText aria-hidden={true} className="size-5 text-muted-foreground" />
      </span>
      <span className="min-w-0">
        <span className="block truncate text-sm leading-5" dir="auto">
          {name}
        </span>
        <span className="block truncate text-muted-foreground text-xs">{factsOf(file).join(' · ')}</span>
      </span>
    </>
  );
  return kind === 'pdf' ? (
    <a className={cardStyle} href={addressOf(id)} rel="noopener" target="_blank" title={name}>
      {content}
      <span className="sr-only">{i18n.t('opens in a new tab')}</span>
    </a>
  ) : (
    <button className={cn(cardStyle, 'cursor-pointer')} onClick={onOpen} title={name} type="button">
      {content}
    </button>
  );
}
