import type { ReactNode } from 'react';
import { later, useLater } from '@/shared/lib/later';

const viewer = later(() => import('./picture-viewer-parts'));

/** A stored picture, as the viewer shows it. */
export interface ViewedPicture {
  /** The file's id. */
  id: string;
  /** What is in it, for those who do not see it. */
  alt: string;
  /** Pixels. */
  width: number;
  height: number;
}

export interface PictureViewerProps {
  /** All that one can turn to, in order. */
  pictures: readonly ViewedPicture[];
  /** The id of the one that is shown; undefined: the viewer is closed. */
  shown: string | undefined;
  /** Another one is turned to; undefined: it is closed. */
  onShow: (id: string | undefined) => void;
  /** The heading. */
  title: string;
  /** What is known of the picture, beside it. */
  children?: ReactNode;
  /** What can be done with it: buttons and links. */
  actions?: ReactNode;
}

/** A picture as large as the window, with what is known of it. ← and → turn to the next, Esc closes. */
export function PictureViewer(props: PictureViewerProps) {
  const parts = useLater(viewer, props.shown !== undefined);
  return parts === undefined ? null : <parts.PictureViewer {...props} />;
}
