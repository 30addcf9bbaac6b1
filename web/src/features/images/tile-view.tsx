import { CircleAlert } from 'lucide-react';
import type { ComponentProps } from 'react';
import { i18n } from '@/shared/lib/text';
import { PictureThumbnail } from '@/shared/ui/picture-thumbnail';
import { drag } from './drag';
import { WaysOn } from './failure';
import { titleOf } from './names';
import { type PictureDoing, PictureMenu } from './picture-actions';
import type { Tile } from './tiles';
import type { ImageJob, ImageSize } from './types';
import { isBlocked } from './ways-on';

interface TileViewProps {
  job: ImageJob;
  tile: Tile;
  /** The shape of what is to come. */
  shape: Pick<ImageSize, 'width' | 'height'>;
  doing: PictureDoing;
  onOpen: (fileId: string) => void;
  /** Makes the one that failed once more. */
  onAgain: () => void;
}

/** The place of one picture: while it is made, when it is there, and where it failed. */
export function TileView({ job, tile, shape, doing, onOpen, onAgain }: TileViewProps) {
  if (tile.kind === 'picture') {
    const { file } = tile;
    return (
      <div className="group relative">
        <button
          aria-label={i18n.t('Open {name}', { name: titleOf(job, file) })}
          className="block w-full cursor-zoom-in overflow-hidden rounded-lg"
          data-picture={file.id}
          draggable={doing.onEdit !== undefined}
          onClick={() => onOpen(file.id)}
          onDragStart={(event) => drag(event.dataTransfer, file.id)}
          type="button"
        >
          <PictureThumbnail alt="" fileId={file.id} height={file.height} width={file.width} />
        </button>
        {/* A finger opens the picture, where all of it stands beside. */}
        <div className="absolute end-1.5 top-1.5 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 has-aria-expanded:opacity-100 pointer-coarse:hidden pointer-fine:opacity-0">
          <PictureMenu doing={doing} file={file} job={job} />
        </div>
      </div>
    );
  }
  if (tile.kind === 'failed') {
    return (
      <Shaped
        // It is as wide as its column, and as high as the words need: a least height would widen what has a shape.
        className="flex w-full flex-col items-center justify-center gap-2 rounded-lg border border-destructive/40 bg-destructive/5 p-3 text-center text-sm leading-5"
        shape={shape}
      >
        <CircleAlert aria-hidden={true} className="size-4 shrink-0 text-destructive" />
        <p className="wrap-anywhere max-w-full">{tile.failure.detail}</p>
        <WaysOn blocked={isBlocked(tile.failure.type)} count={1} doing={doing} job={job} onAgain={onAgain} />
      </Shaped>
    );
  }
  return (
    <Shaped
      aria-label={i18n.t('Image {number} is being made', { number: tile.index + 1 })}
      className="picture-making rounded-lg"
      role="img"
      shape={shape}
    />
  );
}

/** A place in the shape of a picture. */
function Shaped({ shape: { width, height }, ...props }: ComponentProps<'div'> & Pick<TileViewProps, 'shape'>) {
  // biome-ignore lint/style/noInlineStyles: only the size knows the shape
  return <div {...props} style={{ aspectRatio: `${width} / ${height}` }} />;
}
