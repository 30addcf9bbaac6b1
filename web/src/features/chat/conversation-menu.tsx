import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { later, useLater } from '@/shared/lib/later';
import { useCommands } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Menu } from '@/shared/ui/menu';
import { ActionItems, useActions } from './conversation-actions';
import type { ConversationSummary } from './types';

const dialog = later(() => import('./rename-dialog'));

/** What can be done with the conversation that is open: in the bar above it, and in the palette. */
export function ConversationMenu({ conversation }: { conversation: ConversationSummary }) {
  const [renaming, setRenaming] = useState(false);
  const parts = useLater(dialog, renaming);
  const actions = useActions(conversation, () => setRenaming(true));
  const group = i18n.t('This conversation');
  useCommands([
    {
      id: 'conversation.pin',
      label: actions.pinned ? i18n.t('Unpin this conversation') : i18n.t('Pin this conversation'),
      group,
      run: actions.pin,
    },
    { id: 'conversation.rename', label: i18n.t('Rename this conversation'), group, run: actions.rename },
    { id: 'conversation.markdown', label: i18n.t('Export as Markdown'), group, run: actions.exportMarkdown },
    { id: 'conversation.json', label: i18n.t('Export as JSON'), group, run: actions.exportJson },
    { id: 'conversation.delete', label: i18n.t('Delete this conversation'), group, run: actions.remove },
  ]);
  return (
    <>
      <Menu
        trigger={
          <Button aria-label={i18n.t('Actions for this conversation')} size="icon-small" variant="ghost">
            <Ellipsis aria-hidden={true} />
          </Button>
        }
      >
        <ActionItems actions={actions} />
      </Menu>
      {parts && <parts.RenameDialog conversation={conversation} onOpenChange={setRenaming} open={renaming} />}
    </>
  );
}
