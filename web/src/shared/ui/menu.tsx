import type { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { later } from '@/shared/lib/later';
import type { ButtonProps } from './button';
import { useOpener } from './use-opener';

const menu = later(() => import('./menu-parts'));

export interface MenuProps {
  /** A `Button` with a name. */
  trigger: ReactElement<ButtonProps>;
  children: ReactNode;
  side?: BaseMenu.Positioner.Props['side'];
  align?: BaseMenu.Positioner.Props['align'];
}

export function Menu(props: MenuProps) {
  const { parts, opener } = useOpener(menu, props.trigger, 'menu');
  return parts === undefined ? opener : <parts.Menu {...props} />;
}

export type MenuItemProps = Omit<BaseMenu.Item.Props, 'className'> & { className?: string; destructive?: boolean };

export function MenuItem(props: MenuItemProps) {
  return menu.current === undefined ? null : <menu.current.MenuItem {...props} />;
}

export function MenuSeparator() {
  return menu.current === undefined ? null : <menu.current.MenuSeparator />;
}
