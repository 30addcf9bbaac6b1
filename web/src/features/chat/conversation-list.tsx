import { useInfiniteQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useDeleted } from '@/shared/lib/delete-later';
import { byDayGroup } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { ConversationItem } from './conversation-item';
import { ListEnd, ListSkeletons } from './list-end';
import { conversationsQuery } from './queries';
import { SearchResults } from './search-results';
import type { ConversationSummary } from './types';
import { useSettled } from './use-settled';

interface ConversationListProps {
  /** Called when a conversation was chosen. */
  onNavigate?: (() => void) | undefined;
}

/** The person's conversations: the pinned ones, then the others by day; or what a search finds. */
export function ConversationList({ onNavigate }: ConversationListProps) {
  const [search, setSearch] = useState('');
  const settled = useSettled(search.trim());
  const section = useRef<HTMLElement>(null);
  const pinned = useConversations(true);
  const others = useConversations(false);
  const { query } = others;
  const empty = pinned.items?.length === 0 && others.items?.length === 0;
  const searching = search.trim() !== '' && settled !== '';

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || search === '') {
      return;
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation(); // the drawer stays open, an answer goes on
      setSearch('');
      section.current?.querySelector('input')?.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      move(section.current, event.key === 'ArrowDown' ? 1 : -1);
    }
  };

  return (
    // biome-ignore lint/a11y/noNoninteractiveElementInteractions: the keys are those of the field and the links in it
    <section
      aria-label={i18n.t('Conversations')}
      className="flex flex-col gap-2 pb-4"
      onKeyDown={onKeyDown}
      ref={section}
    >
      {(!empty || search !== '') && (
        <div className="sticky top-0 z-10 bg-sidebar pb-1">
          <Search
            aria-hidden={true}
            className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground pointer-coarse:top-3.5"
          />
          <Input
            aria-label={i18n.t('Search conversations')}
            className="bg-transparent ps-8"
            maxLength={200}
            onChange={(event) => setSearch(event.target.value)}
            placeholder={i18n.t('Search')}
            type="search"
            value={search}
          />
        </div>
      )}
      {searching ? (
        <SearchResults onNavigate={onNavigate} search={settled} />
      ) : (
        <>
          {query.isPending && <ListSkeletons />}
          {query.isError && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
          {empty && <p className="px-2 text-muted-foreground text-sm">{i18n.t('Your conversations are kept here.')}</p>}
          {pinned.items && pinned.items.length > 0 && (
            <Group items={pinned.items} name={i18n.t('Pinned')} onNavigate={onNavigate} />
          )}
          {pinned.query.hasNextPage && <ListEnd onReached={() => void pinned.query.fetchNextPage()} />}
          {others.items &&
            byDayGroup(others.items, ({ updated_at }) => updated_at).map(({ name, items }) => (
              <Group items={items} key={name} name={name} onNavigate={onNavigate} />
            ))}
          {query.hasNextPage && !pinned.query.hasNextPage && <ListEnd onReached={() => void query.fetchNextPage()} />}
        </>
      )}
    </section>
  );
}

/** The pinned conversations, or the others, without those that are about to be deleted. */
function useConversations(pinned: boolean) {
  const query = useInfiniteQuery(conversationsQuery(pinned));
  const deleted = useDeleted();
  const items = query.data?.pages
    .flatMap((page) => page.items)
    .filter((item) => !deleted.has(item.id) && item.pinned === pinned);
  return { query, items };
}

interface GroupProps extends ConversationListProps {
  name: string;
  items: ConversationSummary[];
}

function Group({ name, items, onNavigate }: GroupProps) {
  return (
    <section aria-label={name}>
      <h2 className="px-2 py-1 text-muted-foreground text-xs">{name}</h2>
      <ul className="flex flex-col gap-0.5">
        {items.map((conversation) => (
          <ConversationItem conversation={conversation} key={conversation.id} onNavigate={onNavigate} />
        ))}
      </ul>
    </section>
  );
}

/** Moves the focus from the field through the results and back. */
function move(section: HTMLElement | null, by: 1 | -1): void {
  const stops = [...(section?.querySelectorAll<HTMLElement>('input, [data-result]') ?? [])];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  stops[Math.min(Math.max(at + by, 0), stops.length - 1)]?.focus();
}
