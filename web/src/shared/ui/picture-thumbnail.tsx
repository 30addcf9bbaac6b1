import { ImageOff, RotateCw } from 'lucide-react';
import { thumbnailOf } from '@/shared/files/attachment';
import { useStoredPicture } from '@/shared/files/stored-picture';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';

interface PictureThumbnailProps {
  fileId: string;
  /** What is in it; empty where the control around it has a name. */
  alt: string;
  /** Pixels of the picture itself: its place has the shape before it is there. */
  width: number;
  height: number;
  /** It is in the first view and does not wait until it is scrolled to. */
  eager?: boolean;
  className?: string;
}

/** A small picture of a stored picture. Its place stands from the start, and says so when nothing comes. */
export function PictureThumbnail({ fileId, alt, width, height, eager = false, className }: PictureThumbnailProps) {
  const address = thumbnailOf(fileId);
  const { state, key, onLoad, onError, again } = useStoredPicture(address);
  if (state !== 'loading' && state !== 'there') {
    const away = state === 'away';
    const Icon = away ? RotateCw : ImageOff;
    return (
      // biome-ignore lint/a11y: it comes by itself; a press on the control around it only hurries it
      <span
        className={cn(
          'flex w-full flex-col items-center justify-center gap-2 bg-muted p-2 text-center text-muted-foreground text-xs leading-4',
          className,
        )}
        onClick={away ? again : undefined}
        // biome-ignore lint/style/noInlineStyles: only the picture knows its shape
        style={{ aspectRatio: `${width} / ${height}` }}
        {...(alt !== '' && { role: 'img', 'aria-label': alt })}
      >
        <Icon aria-hidden={true} className="size-5 shrink-0" />
        {notThere[state]()}
      </span>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementInteractions: that it has come, or cannot, is nothing that a person does
    <img
      alt={alt}
      className={cn('block h-auto w-full bg-muted object-cover', state === 'loading' && 'animate-pulse', className)}
      decoding="async"
      draggable={false}
      height={height}
      key={key}
      loading={eager ? 'eager' : 'lazy'}
      onError={onError}
      onLoad={onLoad}
      src={address}
      width={width}
    />
  );
}

const notThere = {
  away: () => i18n.t('Did not come. Trying again.'),
  gone: () => i18n.t('Deleted'),
  broken: () => i18n.t('Cannot be shown'),
};
