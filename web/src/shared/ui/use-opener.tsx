import { cloneElement, type KeyboardEvent, type ReactElement, useState } from 'react';
import { type Later, useLater } from '@/shared/lib/later';
import type { ButtonProps } from './button';

/**
 * What a button opens comes later than the button. Until it is asked for the
 * button stands there alone; then its place is taken by the button and the
 * popup, which is open.
 */
export function useOpener<T>(
  part: Later<T>,
  trigger: ReactElement<ButtonProps>,
  kind: 'menu' | 'dialog',
): { parts: T | undefined; opener: ReactElement } {
  const [wanted, setWanted] = useState(false);
  const parts = useLater(part, wanted);
  const opener = cloneElement(trigger, {
    ...(kind === 'dialog' && { role: 'combobox' }),
    'aria-haspopup': kind,
    'aria-expanded': false,
    onClick: () => setWanted(true),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        setWanted(true);
      }
    },
  });
  return { parts, opener };
}
