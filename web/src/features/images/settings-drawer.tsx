import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Drawer } from '@/shared/ui/drawer';

interface SettingsDrawerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

/** The settings where there is no room for them beside the gallery, with a way out that one sees. */
export function SettingsDrawer({ open, onOpenChange, children }: SettingsDrawerProps) {
  const title = i18n.t('Settings');
  return (
    <Drawer onOpenChange={onOpenChange} open={open} side="bottom" title={title}>
      <div className="sticky top-0 z-10 flex shrink-0 items-center justify-between border-b bg-background py-1 ps-4 pe-2">
        {/* The dialog has the title as its name. */}
        <p aria-hidden={true} className="font-semibold">
          {title}
        </p>
        <Button
          aria-label={i18n.t('Close')}
          className="pointer-coarse:size-11"
          onClick={() => onOpenChange(false)}
          size="icon"
          title={i18n.t('Close')}
          variant="ghost"
        >
          <X aria-hidden={true} />
        </Button>
      </div>
      <div className="p-4">{children}</div>
    </Drawer>
  );
}
