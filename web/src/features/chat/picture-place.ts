import type { CSSProperties } from 'react';

/** The longer side of a picture's place, in pixels. */
const edge = 448;

/** The place of a picture in the text, in its shape from the start. */
export function placeOf(width = edge, height = edge): CSSProperties {
  const scale = Math.min(1, edge / Math.max(width, height));
  return { aspectRatio: `${width} / ${height}`, width: `${Math.round(width * scale)}px`, maxWidth: '100%' };
}
