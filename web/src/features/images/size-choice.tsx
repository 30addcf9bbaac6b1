import { i18n } from '@/shared/lib/text';
import { Choices } from './choices';
import type { ImageSize } from './types';

interface SizeChoiceProps {
  sizes: readonly ImageSize[];
  value: ImageSize | undefined;
  onChange: (size: ImageSize) => void;
}

/** The size as a shape that one sees, with its pixels. */
export function SizeChoice({ sizes, value, onChange }: SizeChoiceProps) {
  return (
    <Choices
      className="grid-cols-3"
      label={i18n.t('Size')}
      onChange={(id) => {
        const size = sizes.find((each) => each.id === id);
        if (size) {
          onChange(size);
        }
      }}
      options={sizes.map((size) => ({
        value: size.id,
        label: `${nameIn(size, sizes)}, ${pixelsOf(size)}`,
        content: (
          <span aria-hidden={true} className="flex flex-col items-center py-1.5">
            <Shape size={size} />
            <span className="mt-1 text-balance leading-4">{nameIn(size, sizes)}</span>
            <span className="font-normal text-muted-foreground text-xs leading-4 tabular-nums">{pixelsOf(size)}</span>
          </span>
        ),
      }))}
      value={value?.id}
    />
  );
}

const wide = 1.65;

export function shapeOf({ width, height }: Pick<ImageSize, 'width' | 'height'>): string {
  const ratio = width / height;
  if (ratio === 1) {
    return i18n.t('Square');
  }
  if (ratio > 1) {
    return ratio > wide ? i18n.t('Wide') : i18n.t('Landscape');
  }
  return 1 / ratio > wide ? i18n.t('Tall') : i18n.t('Portrait');
}

/** Its name among others: of one shape the largest has it alone, and the others say that they are smaller. */
export function nameIn(size: ImageSize, sizes: readonly ImageSize[]): string {
  const shape = shapeOf(size);
  const alike = sizes
    .filter((each) => shapeOf(each) === shape)
    .toSorted((a, b) => b.width * b.height - a.width * a.height);
  const place = alike.findIndex(({ id }) => id === size.id);
  if (place <= 0) {
    return shape;
  }
  if (place === alike.length - 1) {
    return i18n.t('{shape}, small', { shape });
  }
  return place === 1 && alike.length === mostNamed ? i18n.t('{shape}, medium', { shape }) : shape;
}

/** More of one shape than words can tell apart have their pixels only. */
const mostNamed = 3;

const plain = new Intl.NumberFormat(undefined, { useGrouping: false });

/** Width before height, also where one reads from right to left: an isolate keeps them so. */
export function pixelsOf({ width, height }: Pick<ImageSize, 'width' | 'height'>): string {
  return `\u2066${i18n.t('{width} × {height}', { width: plain.format(width), height: plain.format(height) })}\u2069`;
}

const box = 22;
const largest = 20;

/** Drawn in proportion; larger pictures are drawn larger. */
function Shape({ size: { width, height } }: { size: ImageSize }) {
  const scale = (largest * Math.min(1, 0.7 + Math.max(width, height) / 6800)) / Math.max(width, height);
  const [w, h] = [width * scale, height * scale];
  return (
    <svg aria-hidden={true} className="size-5.5" viewBox={`0 0 ${box} ${box}`}>
      <rect
        className="fill-current/10 stroke-current"
        height={h}
        rx={2}
        strokeWidth={1.5}
        width={w}
        x={(box - w) / 2}
        y={(box - h) / 2}
      />
    </svg>
  );
}
