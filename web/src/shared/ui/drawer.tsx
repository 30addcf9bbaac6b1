import { type ReactNode, useState } from 'react';
import { later, useLater } from '@/shared/lib/later';

const drawer = later(() => import('./drawer-parts'));

export interface DrawerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Read out when it opens. */
  title: string;
  /** The edge that it slides from. */
  side?: 'start' | 'end' | 'bottom';
  children: ReactNode;
  className?: string;
}

/** A panel over the page from an edge of it, for what stands beside it on a larger screen. */
export function Drawer(props: DrawerProps) {
  const [opened, setOpened] = useState(false); // once: it closes with a movement
  if (props.open && !opened) {
    setOpened(true);
  }
  const parts = useLater(drawer, opened);
  return parts === undefined ? null : <parts.Drawer {...props} />;
}
