import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Input } from '@/shared/ui/input';
import { Menu } from '@/shared/ui/menu';
import { ActionItems, useActions } from './conversation-actions';
import { longestTitle, useRename } from './rename-conversation';
import type { ConversationSummary } from './types';

interface ConversationItemProps {
  conversation: ConversationSummary;
  onNavigate?: (() => void) | undefined;
}

/** A conversation in the list: opens it, and has a menu. */
export function ConversationItem({ conversation, onNavigate }: ConversationItemProps) {
  const { id, title } = conversation;
  const [renaming, setRenaming] = useState(false);
  const actions = useActions(conversation, () => setRenaming(true));
  if (renaming) {
    return <TitleInput conversation={conversation} onDone={() => setRenaming(false)} />;
  }
  return (
    <li className="group/item relative">
      <Link
        className="block truncate rounded-lg py-1.5 ps-2 pe-9 text-sidebar-foreground text-sm hover:bg-sidebar-accent data-[status=active]:bg-sidebar-accent data-[status=active]:text-sidebar-accent-foreground pointer-coarse:py-2.5"
        dir="auto"
        onClick={onNavigate}
        params={{ conversationId: id }}
        title={title}
        to="/chat/{-$conversationId}"
      >
        {title}
      </Link>
      <div className="absolute inset-y-0 end-0 flex items-center opacity-0 focus-within:opacity-100 group-hover/item:opacity-100 has-data-popup-open:opacity-100 pointer-coarse:opacity-100">
        <Menu
          trigger={
            <Button
              aria-label={i18n.t('Actions for {title}', { title })}
              className="hover:bg-transparent"
              size="icon-small"
              variant="ghost"
            >
              <Ellipsis aria-hidden={true} />
            </Button>
          }
        >
          <ActionItems actions={actions} />
        </Menu>
      </div>
    </li>
  );
}

function TitleInput({ conversation, onDone }: { conversation: ConversationSummary; onDone: () => void }) {
  const { id, title } = conversation;
  const [text, setText] = useState(title);
  const rename = useRename();
  const given = useRef(false); // Enter and Escape take the input away, and that would be a blur
  const finish = (save: boolean) => {
    if (given.current) {
      return;
    }
    given.current = true;
    const better = text.trim();
    if (save && better !== '' && better !== title) {
      rename.mutate({ id, title: better });
    }
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (event.key === 'Enter' || event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation(); // the drawer stays open
      finish(event.key === 'Enter');
    }
  };
  return (
    <li>
      <Input
        aria-label={i18n.t('Title of the conversation')}
        autoFocus={true}
        className="px-2"
        dir="auto"
        maxLength={longestTitle}
        onBlur={() => finish(true)}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.target.select()}
        onKeyDown={onKeyDown}
        value={text}
      />
    </li>
  );
}
