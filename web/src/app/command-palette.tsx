import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { useState } from 'react';
import { Marked } from '@/features/chat/marked';
import { i18n } from '@/shared/lib/text';
import { backdropStyle } from '@/shared/ui/dialog';
import { Kbd } from '@/shared/ui/kbd';
import { itemStyle } from '@/shared/ui/popup-style';
import { type PaletteItem, usePaletteItems } from './palette-items';

interface OverlayProps {
  onOpenChange: (open: boolean) => void;
}

type PaletteGroup = ReturnType<typeof usePaletteItems>[number];

/** Everything that can be done here, by name, and all conversations by their words. Loaded when it is first opened. */
export function CommandPalette({ onOpenChange }: OverlayProps) {
  const [text, setText] = useState('');
  const groups = usePaletteItems(text);
  const { contains } = Autocomplete.useFilter({ sensitivity: 'base' });
  const run = (command: PaletteItem) => {
    onOpenChange(false);
    command.run();
  };
  return (
    <BaseDialog.Root onOpenChange={onOpenChange} open={true}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdropStyle} />
        <BaseDialog.Popup className="fixed start-1/2 top-[max(1rem,12dvh)] z-50 flex max-h-[70dvh] w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl border bg-popover text-popover-foreground shadow-xl outline-none rtl:translate-x-1/2">
          <BaseDialog.Title className="sr-only">{i18n.t('Command palette')}</BaseDialog.Title>
          <Autocomplete.Root
            autoHighlight="always"
            filter={(item: PaletteItem, words: string) => item.found === true || contains(item.label, words.trim())}
            inline={true}
            items={groups}
            itemToStringValue={(command: PaletteItem) => command.label}
            keepHighlight={true}
            onValueChange={setText}
            open={true}
            value={text}
          >
            <Autocomplete.Input
              aria-label={i18n.t('Search for a command or a conversation')}
              className="h-12 shrink-0 border-b bg-transparent px-4 text-sm outline-none placeholder:text-muted-foreground"
              placeholder={i18n.t('What would you like to do?')}
            />
            <Autocomplete.Empty className="empty:hidden">
              <p className="p-6 text-center text-muted-foreground text-sm">
                {i18n.t('No command has this name, and no conversation has these words.')}
              </p>
            </Autocomplete.Empty>
            <Autocomplete.List className="overflow-y-auto overscroll-contain p-2 empty:p-0">
              {(group: PaletteGroup) => (
                <Autocomplete.Group className="not-first:mt-2" items={group.items} key={group.name}>
                  <Autocomplete.GroupLabel className="px-2 py-1 text-muted-foreground text-xs">
                    {group.name}
                  </Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(command: PaletteItem) => (
                      <Autocomplete.Item
                        className={itemStyle}
                        key={command.id}
                        onClick={() => run(command)}
                        value={command}
                      >
                        <span className="min-w-0 flex-1">
                          <span className="block truncate" dir="auto">
                            {command.found ? <Marked search={text} text={command.label} /> : command.label}
                          </span>
                          {command.snippet !== undefined && (
                            <span className="block truncate text-muted-foreground text-xs" dir="auto">
                              <Marked search={text} text={command.snippet} />
                            </span>
                          )}
                        </span>
                        {command.keys !== undefined && <Kbd keys={command.keys} />}
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
