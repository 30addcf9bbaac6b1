import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd';

const delayMs = 400;

/** Shares the waiting time: from one tooltip to its neighbour there is none. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return <BaseTooltip.Provider delay={delayMs}>{children}</BaseTooltip.Provider>;
}

interface TooltipProps {
  /** What the control is called; the control needs the same as its `aria-label`. */
  label: string;
  keys?: string | undefined;
  children: ReactElement;
  side?: BaseTooltip.Positioner.Props['side'];
}

/** Names an icon button for those who see it. */
export function Tooltip({ label, keys, children, side = 'bottom' }: TooltipProps) {
  return (
    <BaseTooltip.Root>
      <BaseTooltip.Trigger render={children} />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner className="z-50" side={side} sideOffset={6}>
          <BaseTooltip.Popup className="flex items-center gap-2 rounded-md bg-foreground px-2 py-1 text-background text-xs transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {label}
            {keys !== undefined && <Kbd className="border-background/30 bg-transparent text-background" keys={keys} />}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}
