import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button } from './button';

export const DialogTrigger = BaseDialog.Trigger;
export const DialogClose = BaseDialog.Close;

export const backdropStyle =
  'fixed inset-0 z-40 bg-black/30 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60';

interface DialogProps {
  /** The button that opens it, as a `DialogTrigger`; leave it out where `open` is steered. */
  trigger?: ReactNode;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons at the end. */
  actions?: ReactNode;
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  /** It has closed, and faded away. */
  onClosed?: (() => void) | undefined;
  /** A click beside it leaves it open: what it holds would be lost. */
  keep?: boolean;
  className?: string;
}

/** A question or a form over the page. Esc and the backdrop close it; the focus goes back to where it was. */
export function Dialog(props: DialogProps) {
  const {
    trigger,
    title,
    description,
    children,
    actions,
    open,
    onOpenChange,
    onClosed,
    keep = false,
    className,
  } = props;
  return (
    <BaseDialog.Root
      disablePointerDismissal={keep}
      onOpenChange={onOpenChange}
      onOpenChangeComplete={(shown) => !shown && onClosed?.()}
      open={open}
    >
      {trigger}
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdropStyle} />
        <BaseDialog.Popup
          className={cn(
            'fixed start-1/2 top-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-xl border bg-popover p-6 text-popover-foreground shadow-xl outline-none rtl:translate-x-1/2',
            // A dialog over it stands in front of a shade.
            'after:pointer-events-none after:absolute after:inset-0 after:bg-black/30 after:opacity-0 after:transition-opacity after:duration-150 data-nested-dialog-open:overflow-hidden data-nested-dialog-open:after:opacity-100 dark:after:bg-black/60',
            'transition-[opacity,scale] duration-150 data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0',
            className,
          )}
        >
          <div className="flex flex-col gap-1 pe-8">
            <BaseDialog.Title className="font-semibold text-base">{title}</BaseDialog.Title>
            {description !== undefined && (
              <BaseDialog.Description className="text-muted-foreground text-sm">{description}</BaseDialog.Description>
            )}
          </div>
          {children}
          {actions !== undefined && <div className="flex flex-wrap justify-end gap-2">{actions}</div>}
          <BaseDialog.Close
            aria-label={i18n.t('Close')}
            className="absolute end-3 top-3"
            render={<Button size="icon-small" variant="ghost" />}
          >
            <X aria-hidden={true} />
          </BaseDialog.Close>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
