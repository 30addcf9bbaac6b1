import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from './button';
import type { ToastOptions } from './toast';

const shownMs = 6000;

interface ToastsProps {
  /** Gives what is to be shown and forgets it. */
  take: () => ToastOptions[];
  /** Changes when there is something to take. */
  said: number;
}

/**
 * All toasts have low priority: Base UI hides those of high priority from
 * assistive technology until they are focused.
 */
export function Toasts(props: ToastsProps) {
  return (
    <Toast.Provider>
      <Toast.Portal>
        {/* Beside a large picture, away from what can be done with it. */}
        <Toast.Viewport className="fixed end-4 bottom-24 z-50 flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2 outline-none [body:has(.picture-viewer)_&]:max-md:top-16 [body:has(.picture-viewer)_&]:max-md:bottom-auto [body:has(.picture-viewer)_&]:md:start-8 [body:has(.picture-viewer)_&]:md:end-auto [body:has(.picture-viewer)_&]:md:bottom-8">
          <ToastList {...props} />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList({ take, said }: ToastsProps) {
  const { toasts, add, close } = Toast.useToastManager();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `said` tells that there is something to take
  useEffect(() => {
    for (const { title, description, action, error = false } of take()) {
      const id = add({
        title,
        description,
        type: error ? 'error' : 'info',
        timeout: error ? 0 : shownMs,
        ...(action && {
          actionProps: {
            children: action.label,
            onClick: () => {
              action.run();
              close(id);
            },
          },
        }),
      });
    }
  }, [said, take, add, close]);
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
