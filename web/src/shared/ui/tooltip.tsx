import {
  cloneElement,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  useEffect,
  useRef,
  useState,
} from 'react';
import { later, useLater } from '@/shared/lib/later';
import type { ButtonProps } from './button';

const popup = later(() => import('./tooltip-popup'));

const delayMs = 400;

export interface TooltipProps {
  /** What the control is called; the control needs the same as its `aria-label`. */
  label: string;
  keys?: string | undefined;
  /** A `Button`, whose own use of the pointer is its click alone. */
  children: ReactElement<ButtonProps>;
  side?: 'top' | 'bottom' | 'left' | 'right';
}

/** Names an icon button for those who see it. */
export function Tooltip({ label, keys, children, side = 'bottom' }: TooltipProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [open, setOpen] = useState(false);
  const parts = useLater(popup, open);
  useEffect(() => () => clearTimeout(timer.current), []);

  const showAfter = (milliseconds: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(true), milliseconds);
  };
  const hide = () => {
    clearTimeout(timer.current);
    setOpen(false);
  };
  const control = cloneElement(children, {
    ref: anchor,
    onPointerEnter: ({ pointerType }: PointerEvent) => {
      if (pointerType === 'mouse') {
        showAfter(delayMs);
      }
    },
    onPointerLeave: hide,
    onPointerDown: hide,
    onFocus: ({ target }: FocusEvent) => {
      if (target.matches(':focus-visible')) {
        showAfter(0);
      }
    },
    onBlur: hide,
    onKeyDown: hide,
  });
  return (
    <>
      {control}
      {parts !== undefined && <parts.TooltipPopup anchor={anchor} keys={keys} label={label} side={side} />}
    </>
  );
}
