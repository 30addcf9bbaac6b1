import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDeleted } from '@/shared/lib/delete-later';
import { formatDay } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { ListEnd, ListSkeletons } from './list-end';
import { Marked } from './marked';
import { searchQuery } from './queries';
import { hashOf } from './target';
import type { ConversationSummary } from './types';

interface SearchResultsProps {
  search: string;
  onNavigate?: (() => void) | undefined;
}

/** Conversations in whose title or text the words are, the last used first. */
export function SearchResults({ search, onNavigate }: SearchResultsProps) {
  const query = useInfiniteQuery(searchQuery(search));
  const deleted = useDeleted();
  const items = query.data?.pages.flatMap((page) => page.items).filter(({ id }) => !deleted.has(id));
  if (query.isError) {
    return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <>
      <p className="sr-only" role="status">
        {items && !query.isPlaceholderData && items.length > 0
          ? i18n.t('{count, plural, one {# conversation} other {# conversations}} found', { count: items.length })
          : ''}
      </p>
      {query.isPending && <ListSkeletons />}
      {items?.length === 0 && (
        <p className="wrap-anywhere px-2 text-muted-foreground text-sm" role="status">
          {i18n.t('No title and no message has “{search}” in it.', { search })}
        </p>
      )}
      <ul className="flex flex-col gap-0.5">
        {items?.map((conversation) => (
          <Result conversation={conversation} key={conversation.id} onNavigate={onNavigate} search={search} />
        ))}
      </ul>
      {query.hasNextPage && <ListEnd onReached={() => void query.fetchNextPage()} />}
    </>
  );
}

interface ResultProps extends SearchResultsProps {
  conversation: ConversationSummary;
}

function Result({ conversation, search, onNavigate }: ResultProps) {
  const { id, title, match, updated_at } = conversation;
  const hash = hashOf(match?.message_id);
  return (
    <li>
      <Link
        className="flex flex-col gap-0.5 rounded-lg px-2 py-1.5 text-sidebar-foreground text-sm hover:bg-sidebar-accent data-[status=active]:bg-sidebar-accent data-[status=active]:text-sidebar-accent-foreground"
        data-result={true}
        onClick={onNavigate}
        params={{ conversationId: id }}
        to="/chat/{-$conversationId}"
        {...(hash && { hash })}
      >
        <span className="truncate" dir="auto">
          <Marked search={search} text={title} />
        </span>
        {match?.snippet && (
          <span className="wrap-anywhere line-clamp-2 text-muted-foreground text-xs" dir="auto">
            <Marked search={search} text={match.snippet} />
          </span>
        )}
        <time className="text-muted-foreground text-xs" dateTime={updated_at}>
          {formatDay(updated_at)}
        </time>
      </Link>
    </li>
  );
}
