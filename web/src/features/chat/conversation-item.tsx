import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Input } from '@/shared/ui/input';
import { Menu, MenuItem, MenuSeparator } from '@/shared/ui/menu';
import { toast } from '@/shared/ui/toast';
import { deleteLater, undoDelete } from './delete-later';
import { chatKeys } from './queries';
import { useRename } from './rename-conversation';
import type { ConversationSummary } from './types';

interface ConversationItemProps {
  conversation: ConversationSummary;
  onNavigate?: (() => void) | undefined;
}

/** A conversation in the list: opens it, renames it, deletes it. */
export function ConversationItem({ conversation, onNavigate }: ConversationItemProps) {
  const { id, title } = conversation;
  const [renaming, setRenaming] = useState(false);
  const remove = useDelete(conversation);
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
          <MenuItem onClick={() => setRenaming(true)}>
            <Pencil aria-hidden={true} />
            {i18n.t('Rename')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem destructive={true} onClick={remove}>
            <Trash2 aria-hidden={true} />
            {i18n.t('Delete')}
          </MenuItem>
        </Menu>
      </div>
    </li>
  );
}

const longestTitle = 200;

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

/** Deletes with a way back. */
function useDelete({ id, title }: ConversationSummary): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { conversationId } = useParams({ strict: false });
  return () => {
    if (conversationId === id) {
      void navigate({ to: '/chat/{-$conversationId}', params: { conversationId: undefined } });
    }
    deleteLater(id, (error) => {
      if (error !== undefined) {
        toast({
          title: i18n.t('“{title}” was not deleted', { title }),
          description: asProblem(error).message,
          error: true,
        });
        return;
      }
      client.removeQueries({ queryKey: chatKeys.conversation(id) });
      void client.invalidateQueries({ queryKey: chatKeys.lists });
    });
    toast({
      title: i18n.t('“{title}” is deleted', { title }),
      action: { label: i18n.t('Undo'), run: () => undoDelete(id) },
    });
  };
}
