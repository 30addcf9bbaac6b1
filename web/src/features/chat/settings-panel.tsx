import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { later, useLater } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Tooltip } from '@/shared/ui/tooltip';
import { isChanged } from './model-settings';
import type { ChatSettings, Model } from './types';

const drawer = later(() => import('./settings-drawer'));

export interface SettingsPanelProps {
  model: Model | undefined;
  settings: ChatSettings;
  onChange: (settings: ChatSettings | undefined) => void;
}

/** How this conversation is answered. */
export function SettingsPanel({ model, settings, onChange }: SettingsPanelProps) {
  const [open, setOpen] = useState<boolean>(); // undefined: never opened
  const parts = useLater(drawer, open !== undefined);
  const label = i18n.t('Settings of this conversation');
  return (
    <>
      <Tooltip label={label}>
        <Button aria-label={label} className="relative" onClick={() => setOpen(true)} size="icon-small" variant="ghost">
          <SlidersHorizontal aria-hidden={true} />
          {isChanged(settings) && (
            <span className="absolute end-1 top-1 size-1.5 rounded-full bg-primary">
              <span className="sr-only">{i18n.t('(changed)')}</span>
            </span>
          )}
        </Button>
      </Tooltip>
      {parts && (
        <parts.SettingsDrawer
          model={model}
          onChange={onChange}
          onOpenChange={setOpen}
          open={open === true}
          settings={settings}
          title={label}
        />
      )}
    </>
  );
}
