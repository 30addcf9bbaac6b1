import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { thumbnailOf } from '@/shared/files/attachment';
import { cn } from '@/shared/lib/cn';

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
  const [state, setState] = useState<'loading' | 'there' | 'broken'>('loading');
  if (state === 'broken') {
    return (
      <span
        className={cn('flex w-full items-center justify-center bg-muted text-muted-foreground', className)}
        // biome-ignore lint/style/noInlineStyles: only the picture knows its shape
        style={{ aspectRatio: `${width} / ${height}` }}
        {...(alt !== '' && { role: 'img', 'aria-label': alt })}
      >
        <ImageOff aria-hidden={true} className="size-5" />
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
      loading={eager ? 'eager' : 'lazy'}
      onError={() => setState('broken')}
      onLoad={() => setState('there')}
      src={thumbnailOf(fileId)}
      width={width}
    />
  );
}
