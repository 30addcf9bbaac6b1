import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { searchQuery } from '@/features/chat/queries';
import { hashOf } from '@/features/chat/target';
import { useSettled } from '@/features/chat/use-settled';
import { type Command, useAllCommands } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { grouped } from './command-groups';

const most = 8;

/** Something that the palette offers: a command, or a conversation that has the words that were typed. */
export interface PaletteItem extends Command {
  /** Where the words were found, in a conversation. */
  snippet?: string;
  /** The server found it; the palette need not ask whether the words are in its name. */
  found?: boolean;
}

/** What the palette offers for the words that were typed. */
export function usePaletteItems(text: string): { name: string; items: PaletteItem[] }[] {
  const commands = useAllCommands().filter(({ hidden }) => hidden !== true);
  const navigate = useNavigate();
  const words = useSettled(text.trim());
  const { data } = useInfiniteQuery(searchQuery(words));
  const group = i18n.t('Conversations');
  const found = words === '' || text.trim() === '' ? [] : (data?.pages[0]?.items ?? []);
  const conversations = found.slice(0, most).map(
    ({ id, title, match }): PaletteItem => ({
      id: `conversation.${id}`,
      label: title,
      group,
      found: true,
      ...(match?.snippet && { snippet: match.snippet }),
      run: () => {
        const hash = hashOf(match?.message_id);
        void navigate({ to: '/chat/{-$conversationId}', params: { conversationId: id }, ...(hash && { hash }) });
      },
    }),
  );
  return grouped([...commands, ...conversations]);
}
