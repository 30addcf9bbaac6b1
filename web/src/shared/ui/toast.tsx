import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from './button';

const manager = Toast.createToastManager();

interface ToastOptions {
  title: string;
  description?: string;
  /** What can be done about it, e.g. undo. */
  action?: { label: string; run: () => void };
  /** An error stays until it is closed, and looks like one. */
  error?: boolean;
}

const shownMs = 6000;

/**
 * Says something without taking the focus. All toasts have low priority: Base UI
 * hides those of high priority from assistive technology until they are focused.
 */
export function toast({ title, description, action, error = false }: ToastOptions): void {
  const id = manager.add({
    title,
    description,
    type: error ? 'error' : 'info',
    timeout: error ? 0 : shownMs,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          action.run();
          manager.close(id);
        },
      },
    }),
  });
}

export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed end-4 bottom-4 z-50 flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2 outline-none">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root
      className="rounded-lg border bg-popover p-3 ps-4 text-popover-foreground shadow-lg transition-opacity duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
      key={item.id}
      toast={item}
    >
      <Toast.Content className="flex items-start gap-2">
        <div className="min-w-0 flex-1 py-1">
          <Toast.Title className={cn('font-medium text-sm', item.type === 'error' && 'text-destructive')} />
          <Toast.Description className="text-muted-foreground text-sm" />
        </div>
        <Toast.Action className={buttonStyle({ size: 'small' })} />
        <Toast.Close aria-label={i18n.t('Close')} render={<Button size="icon-small" variant="ghost" />}>
          <X aria-hidden={true} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
