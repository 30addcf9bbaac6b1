import { Brush, CornerLeftUp, Download, Ellipsis, Link as LinkIcon, Shuffle, Trash2 } from 'lucide-react';
import { addressOf } from '@/shared/files/attachment';
import { copyLink } from '@/shared/files/copy-link';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from '@/shared/ui/button';
import { Menu, MenuItem, MenuSeparator } from '@/shared/ui/menu';
import { titleOf } from './names';
import type { ImageFile, ImageJob } from './types';

/** What can be done with a picture. */
export interface PictureDoing {
  /** Fills the composer with what it was made of. */
  onReuse: (job: ImageJob, file?: ImageFile) => void;
  /** Makes one more like it. */
  onVary: (job: ImageJob, file: ImageFile) => void;
  /** How many images a click makes, and about what they cost; undefined where the model cannot any more. */
  asks: (job: ImageJob, count?: number) => string | undefined;
  /** Lets it go along with the next prompt; undefined where no model takes pictures. */
  onEdit: ((file: ImageFile) => void) | undefined;
  onDelete: (job: ImageJob, file: ImageFile) => void;
}

interface PictureProps {
  job: ImageJob;
  file: ImageFile;
  doing: PictureDoing;
}

/** What a click makes and costs, in its button. */
export function Asked({ words, className }: { words: string | undefined; className?: string }) {
  return words === undefined ? null : (
    <bdi className={cn('font-normal text-muted-foreground text-xs tabular-nums', className)}>{words}</bdi>
  );
}

/** Large enough for a finger. */
const reached = 'pointer-coarse:h-11';

/** Beside the large picture. */
export function PictureButtons({ job, file, doing: { onReuse, onVary, asks, onEdit, onDelete } }: PictureProps) {
  const one = asks(job, 1);
  return (
    <>
      <a
        className={buttonStyle({ variant: 'primary', size: 'small', className: reached })}
        download={file.name}
        href={addressOf(file.id)}
      >
        <Download aria-hidden={true} />
        {i18n.t('Download')}
      </a>
      <Button className={reached} onClick={() => onReuse(job, file)} size="small">
        <CornerLeftUp aria-hidden={true} />
        {i18n.t('Reuse settings')}
      </Button>
      {one !== undefined && (
        <Button className={reached} onClick={() => onVary(job, file)} size="small">
          <Shuffle aria-hidden={true} />
          {i18n.t('Vary')}
          <Asked words={one} />
        </Button>
      )}
      {onEdit && (
        <Button className={reached} onClick={() => onEdit(file)} size="small">
          <Brush aria-hidden={true} />
          {i18n.t('Edit')}
        </Button>
      )}
      <Button className={reached} onClick={() => void copyLink(file.id)} size="small">
        <LinkIcon aria-hidden={true} />
        {i18n.t('Copy link')}
      </Button>
      <Button className={cn(reached, 'text-destructive')} onClick={() => onDelete(job, file)} size="small">
        <Trash2 aria-hidden={true} />
        {i18n.t('Delete')}
      </Button>
    </>
  );
}

/** On the small picture. */
export function PictureMenu({ job, file, doing: { onReuse, onVary, asks, onEdit, onDelete } }: PictureProps) {
  const one = asks(job, 1);
  return (
    <Menu
      trigger={
        <Button
          aria-label={i18n.t('Actions for {name}', { name: titleOf(job, file) })}
          className="size-8 bg-background/90 shadow-xs"
          size="icon-small"
          variant="ghost"
        >
          <Ellipsis aria-hidden={true} />
        </Button>
      }
    >
      <MenuItem render={<a download={file.name} href={addressOf(file.id)} />}>
        <Download aria-hidden={true} />
        {i18n.t('Download')}
      </MenuItem>
      <MenuItem onClick={() => void copyLink(file.id)}>
        <LinkIcon aria-hidden={true} />
        {i18n.t('Copy link')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem onClick={() => onReuse(job, file)}>
        <CornerLeftUp aria-hidden={true} />
        {i18n.t('Reuse settings')}
      </MenuItem>
      {one !== undefined && (
        <MenuItem onClick={() => onVary(job, file)}>
          <Shuffle aria-hidden={true} />
          {i18n.t('Vary')}
          <Asked className="ms-auto ps-4" words={one} />
        </MenuItem>
      )}
      {onEdit && (
        <MenuItem onClick={() => onEdit(file)}>
          <Brush aria-hidden={true} />
          {i18n.t('Edit')}
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem destructive={true} onClick={() => onDelete(job, file)}>
        <Trash2 aria-hidden={true} />
        {i18n.t('Delete')}
      </MenuItem>
    </Menu>
  );
}
