import { createContext, type ReactNode, useContext, useEffect } from 'react';
import { createPortal } from 'react-dom';

/** Where the shell keeps the row for it; null until that stands. */
export const TopBarSlot = createContext<HTMLElement | null>(null);

interface TopBarProps {
  /** The page's name: the heading, and with the product's name the tab's title. */
  title: string;
  /** What stands in the bar instead of a visible heading, e.g. the model picker. */
  children?: ReactNode;
  /** At the end of the bar. */
  actions?: ReactNode;
}

/** A page's part of the one bar at the top, beside the button that opens the side bar on a phone. */
export function TopBar({ title, children, actions }: TopBarProps) {
  const slot = useContext(TopBarSlot);
  useEffect(() => {
    document.title = title === '' ? 'Pulse' : `${title} · Pulse`;
  }, [title]);
  return (
    slot &&
    createPortal(
      <>
        <h1 className={children === undefined ? 'min-w-0 flex-1 truncate font-medium text-sm' : 'sr-only'}>{title}</h1>
        {children !== undefined && <div className="flex min-w-0 flex-1 items-center gap-2">{children}</div>}
        {actions}
      </>,
      slot,
    )
  );
}
