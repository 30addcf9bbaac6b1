import type { ReactElement, ReactNode } from 'react';
import { later } from '@/shared/lib/later';
import type { ButtonProps } from './button';
import { useOpener } from './use-opener';

const combobox = later(() => import('./combobox-parts'));

export interface ComboboxGroup<T> {
  name: string;
  items: T[];
}

export interface ComboboxProps<T> {
  groups: ComboboxGroup<T>[];
  value: T | null;
  onChange: (value: T) => void;
  /** What an item is called: searched and read out. */
  itemLabel: (item: T) => string;
  itemKey: (item: T) => string;
  itemDisabled?: (item: T) => boolean;
  renderItem: (item: T) => ReactNode;
  /** A `Button` that shows the value. */
  trigger: ReactElement<ButtonProps>;
  searchLabel: string;
  empty: string;
}

/** One of many, in groups, with a search in the popup. */
export function Combobox<T>(props: ComboboxProps<T>) {
  const { parts, opener } = useOpener(combobox, props.trigger, 'dialog');
  return parts === undefined ? opener : <parts.Combobox {...props} />;
}
