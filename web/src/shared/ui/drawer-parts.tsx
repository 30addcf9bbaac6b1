import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { cn } from '@/shared/lib/cn';
import { backdropStyle } from './dialog';
import type { DrawerProps } from './drawer';

const sides = {
  start:
    'inset-y-0 start-0 w-72 border-e data-starting-style:-translate-x-full data-ending-style:-translate-x-full rtl:data-starting-style:translate-x-full rtl:data-ending-style:translate-x-full',
  end: 'inset-y-0 end-0 w-80 border-s data-starting-style:translate-x-full data-ending-style:translate-x-full rtl:data-starting-style:-translate-x-full rtl:data-ending-style:-translate-x-full',
  bottom:
    'inset-x-0 bottom-0 max-h-[85dvh] rounded-t-xl border-t pb-[env(safe-area-inset-bottom)] data-starting-style:translate-y-full data-ending-style:translate-y-full',
} as const;

export function Drawer({ open, onOpenChange, title, side = 'start', children, className }: DrawerProps) {
  return (
    <BaseDialog.Root onOpenChange={onOpenChange} open={open}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdropStyle} />
        <BaseDialog.Popup
          className={cn(
            'fixed z-50 flex max-w-[85vw] flex-col overflow-y-auto bg-background shadow-xl outline-none transition-transform duration-200',
            side === 'bottom' && 'max-w-none',
            sides[side],
            className,
          )}
        >
          <BaseDialog.Title className="sr-only">{title}</BaseDialog.Title>
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
