import { useAllCommands } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { Dialog } from '@/shared/ui/dialog';
import { Kbd } from '@/shared/ui/kbd';
import { grouped } from './command-groups';

/** The keys of everything on the screen. Loaded when it is first opened. */
export function ShortcutHelp({ onOpenChange }: { onOpenChange: (open: boolean) => void }) {
  const groups = grouped(useAllCommands().filter(({ keys }) => keys !== undefined));
  return (
    <Dialog onOpenChange={onOpenChange} open={true} title={i18n.t('Keyboard shortcuts')}>
      {groups.map((group) => (
        <section key={group.name}>
          <h3 className="mb-1 text-muted-foreground text-xs">{group.name}</h3>
          <dl>
            {group.items.map(({ id, label, keys }) => (
              <div className="flex min-h-8 items-center justify-between gap-4" key={id}>
                <dt>{label}</dt>
                <dd>{keys !== undefined && <Kbd keys={keys} />}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
