import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { confirmed, declined } from '@/shared/confirm/confirm';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Confirm } from '@/shared/ui/confirm';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { toast } from '@/shared/ui/toast';
import { ListSkeleton } from './list-skeleton';
import { sessionsQuery } from './queries';
import { Rows } from './row';
import { Section } from './section';
import { SessionRow } from './session-row';

const here = '/settings/security';

export function SessionsSection() {
  const { data, error, refetch } = useQuery(sessionsQuery);
  const [asking, setAsking] = useState(false);
  const endOthers = useEndOthers();
  const sessions = (data?.items ?? []).toSorted((a, b) => Number(b.current) - Number(a.current));
  const others = sessions.filter(({ current }) => !current).length;
  const title = i18n.t('Sessions');
  return (
    <Section
      action={
        others > 0 && (
          <Button busy={endOthers.isPending} onClick={() => setAsking(true)}>
            {i18n.t('End all others')}
          </Button>
        )
      }
      count={sessions.length}
      description={i18n.t('Where you are signed in. End what you do not know, then change your password.')}
      title={title}
    >
      {data !== undefined && (
        <Rows label={title}>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </Rows>
      )}
      {data === undefined && error === null && <ListSkeleton />}
      {data === undefined && error !== null && <ProblemNotice error={error} onRetry={refetch} />}
      <Confirm
        action={i18n.t('End them')}
        keep={i18n.t('Keep them')}
        description={i18n.t('You stay signed in here. What is being made goes on.')}
        onConfirm={() => {
          setAsking(false);
          endOthers.mutate();
        }}
        onOpenChange={setAsking}
        open={asking}
        title={i18n.t('{count, plural, one {End the other session?} other {End # other sessions?}}', { count: others })}
      />
    </Section>
  );
}

function useEndOthers() {
  const client = useQueryClient();
  const { queryKey } = sessionsQuery;
  return useMutation({
    mutationFn: () =>
      confirmed(here, () => answer(api.DELETE('/api/v1/users/me/sessions', { params: { query: { others: true } } }))),
    onMutate: async () => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData(queryKey);
      client.setQueryData(
        queryKey,
        (list) => list && { ...list, items: list.items?.filter(({ current }) => current) ?? [] },
      );
      return before;
    },
    onSuccess: () => toast({ title: i18n.t('You are signed in only here now') }),
    onError: (error, _nothing, before) => {
      client.setQueryData(queryKey, before);
      if (!declined(error)) {
        toast({ title: i18n.t('The sessions go on'), description: asProblem(error).message, error: true });
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
}
