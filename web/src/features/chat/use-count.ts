import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { answer, api } from '@/shared/api/client';
import { asProblem, type Problem } from '@/shared/api/problem';
import { filesOf } from '@/shared/files/attachment';
import { attachments } from '@/shared/files/attachments';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import type { Counted } from './attaching';
import type { Ask, Count } from './types';
import { useSettled } from './use-settled';

/** A long text takes the server a moment to count; nobody needs that at every pause between words. */
const pause = 500;

/**
 * Asks the server what a question with files would take. Files that it has no
 * more are taken out of the draft.
 */
export function useCount(draft: string, ask: Ask | undefined): Counted {
  const now = ask ? JSON.stringify(ask) : '';
  const body = useSettled(now, pause);
  const settled = useMemo(() => (body === '' ? undefined : (JSON.parse(body) as Ask)), [body]);
  const { data, error, isFetching } = useQuery({
    queryKey: ['chat', 'count', settled?.model, body],
    queryFn: ({ signal }) => answer(api.POST('/api/v1/chat/count', { body: settled as Ask, signal })),
    // Between two words the last numbers are nearly right; those of another model would be wrong.
    placeholderData: (old: Count | undefined, query) => (query?.queryKey[2] === settled?.model ? old : undefined),
    enabled: ask !== undefined && settled !== undefined,
    gcTime: 60_000,
  });
  const problem = error ? asProblem(error) : undefined;
  useEffect(() => {
    const ids = problem && settled ? goneIn(problem, settled) : [];
    if (ids.length === 0) {
      return;
    }
    const names = filesOf(attachments.of(draft)).flatMap(({ id, name }) => (ids.includes(id) ? [name] : []));
    attachments.lose(draft, ids);
    if (names.length > 0) {
      toast({
        title: i18n.t('What was attached is gone'),
        description: i18n.t('The server keeps what is not sent for a week. No longer there: {names}', {
          names: names.join(', '),
        }),
        error: true,
      });
    }
  }, [draft, problem, settled]);
  if (ask === undefined) {
    return {};
  }
  return settled?.model === ask.model
    ? {
        pending: isFetching || now !== body,
        ...(data && { count: data }),
        ...(problem?.kind === refused && { problem }),
      }
    : { pending: true };
}

const refused = 'model_cannot_see';
const place = /^body\.messages\[\d+\]\.files\[(?<at>\d+)\]$/u;

/** The files of a request that the server does not know. */
export function goneIn({ kind, document }: Problem, { messages }: Ask): string[] {
  const files = messages[0]?.files ?? [];
  return kind === refused
    ? []
    : (document.errors ?? []).flatMap(({ location }) => files[Number(place.exec(location)?.groups?.at ?? -1)] ?? []);
}
