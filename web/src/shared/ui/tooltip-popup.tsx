import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import type { RefObject } from 'react';
import { Kbd } from './kbd';
import type { TooltipProps } from './tooltip';

type TooltipPopupProps = Pick<TooltipProps, 'label' | 'keys' | 'side'> & { anchor: RefObject<HTMLElement | null> };

export function TooltipPopup({ anchor, label, keys, side }: TooltipPopupProps) {
  return (
    <BaseTooltip.Root open={true}>
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner anchor={anchor} className="z-50" side={side} sideOffset={6}>
          <BaseTooltip.Popup className="flex items-center gap-2 rounded-md bg-foreground px-2 py-1 text-background text-xs transition-opacity duration-100 data-starting-style:opacity-0">
            {label}
            {keys !== undefined && <Kbd className="border-background/30 bg-transparent text-background" keys={keys} />}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}
