import { useInfiniteQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { byDayGroup } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { ConversationItem } from './conversation-item';
import { useDeleted } from './delete-later';
import { conversationsQuery } from './queries';

interface ConversationListProps {
  /** Called when a conversation was chosen. */
  onNavigate?: (() => void) | undefined;
}

/** The person's conversations by day, the last used first. */
export function ConversationList({ onNavigate }: ConversationListProps) {
  const [search, setSearch] = useState('');
  const settled = useSettled(search.trim());
  const query = useInfiniteQuery(conversationsQuery(settled));
  const deleted = useDeleted();
  const items = query.data?.pages.flatMap((page) => page.items).filter(({ id }) => !deleted.has(id));

  return (
    <section aria-label={i18n.t('Conversations')} className="flex flex-col gap-2 pb-4">
      {(items?.length !== 0 || settled !== '') && (
        <div className="sticky top-0 z-10 bg-sidebar pb-1">
          <Search
            aria-hidden={true}
            className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground pointer-coarse:top-3.5"
          />
          <Input
            aria-label={i18n.t('Search conversations')}
            className="bg-transparent ps-8"
            onChange={(event) => setSearch(event.target.value)}
            placeholder={i18n.t('Search')}
            type="search"
            value={search}
          />
        </div>
      )}
      {query.isPending && <Skeletons />}
      {query.isError && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {items?.length === 0 && !query.isError && (
        <p className="px-2 text-muted-foreground text-sm">
          {settled === ''
            ? i18n.t('Your conversations are kept here.')
            : i18n.t('No title has “{search}” in it.', { search: settled })}
        </p>
      )}
      {items &&
        byDayGroup(items, ({ updated_at }) => updated_at).map(({ name, items: group }) => (
          <section aria-label={name} key={name}>
            <h2 className="px-2 py-1 text-muted-foreground text-xs">{name}</h2>
            <ul className="flex flex-col gap-0.5">
              {group.map((conversation) => (
                <ConversationItem conversation={conversation} key={conversation.id} onNavigate={onNavigate} />
              ))}
            </ul>
          </section>
        ))}
      {query.hasNextPage && <More onReached={() => void query.fetchNextPage()} />}
    </section>
  );
}

/** The end of what is loaded; asks for more when it comes near. */
function More({ onReached }: { onReached: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(onReached);
  useEffect(() => {
    latest.current = onReached;
  });
  useEffect(() => {
    if (!end.current) {
      return;
    }
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) {
          latest.current();
        }
      },
      { rootMargin: '200px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={end}>
      <Skeletons />
    </div>
  );
}

const widths = ['w-4/5', 'w-3/5', 'w-11/12', 'w-2/3', 'w-3/4'];

function Skeletons() {
  return (
    <div className="flex flex-col gap-0.5">
      {widths.map((width) => (
        <div className="flex h-9 items-center px-2 pointer-coarse:h-11" key={width}>
          <Skeleton className={`h-4 ${width}`} />
        </div>
      ))}
    </div>
  );
}

const settleTime = 200;

/** A value that has not changed for a moment: the server is asked for words, not for letters. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleTime);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
