import { FileBraces, FileText, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { i18n } from '@/shared/lib/text';
import { MenuItem, MenuSeparator } from '@/shared/ui/menu';
import { useDelete } from './delete-conversation';
import { exportConversation } from './export-conversation';
import { usePin } from './pin-conversation';
import type { ConversationSummary } from './types';

/** What can be done with a conversation besides opening it. */
export function useActions(conversation: ConversationSummary, rename: () => void) {
  const { mutate: pin } = usePin();
  const remove = useDelete();
  const { id, pinned } = conversation;
  return {
    pinned,
    pin: () => pin({ conversation, pinned: !pinned }),
    rename,
    exportMarkdown: () => void exportConversation(id, 'markdown'),
    exportJson: () => void exportConversation(id, 'json'),
    remove: () => remove(conversation),
  };
}

export type Actions = ReturnType<typeof useActions>;

/** The same as items of a menu. */
export function ActionItems({ actions }: { actions: Actions }) {
  const PinIcon = actions.pinned ? PinOff : Pin;
  return (
    <>
      <MenuItem onClick={actions.pin}>
        <PinIcon aria-hidden={true} />
        {actions.pinned ? i18n.t('Unpin') : i18n.t('Pin')}
      </MenuItem>
      <MenuItem onClick={actions.rename}>
        <Pencil aria-hidden={true} />
        {i18n.t('Rename')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem onClick={actions.exportMarkdown}>
        <FileText aria-hidden={true} />
        {i18n.t('Export as Markdown')}
      </MenuItem>
      <MenuItem onClick={actions.exportJson}>
        <FileBraces aria-hidden={true} />
        {i18n.t('Export as JSON')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem destructive={true} onClick={actions.remove}>
        <Trash2 aria-hidden={true} />
        {i18n.t('Delete')}
      </MenuItem>
    </>
  );
}
