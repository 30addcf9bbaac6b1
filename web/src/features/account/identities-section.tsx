import { useMutation, useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { authOptionsQuery } from '@/shared/api/session';
import { confirmed, declined } from '@/shared/confirm/confirm';
import { formatDay } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Confirm } from '@/shared/ui/confirm';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { toast } from '@/shared/ui/toast';
import { LastUsed } from './last-used';
import { ListSkeleton } from './list-skeleton';
import { identitiesQuery } from './queries';
import { Row, Rows } from './row';
import { Section } from './section';
import type { Identity } from './types';
import { useRemoval } from './use-removal';

const here = '/settings/security';

/** The accounts elsewhere by which the person comes in. Shown where there are, or can be, some. */
export function IdentitiesSection() {
  const { data: options } = useQuery(authOptionsQuery);
  const { data, error, refetch } = useQuery(identitiesQuery);
  const link = useLink();
  const name = options?.oidc?.name;
  const identities = data?.items ?? [];
  if (options === undefined || (name === undefined && identities.length === 0)) {
    return null;
  }
  const title = i18n.t('Linked accounts');
  return (
    <Section
      action={
        name !== undefined &&
        data !== undefined && (
          <Button busy={link.isPending} onClick={() => link.mutate()}>
            {identities.some(({ provider }) => provider === name)
              ? i18n.t('Link another')
              : i18n.t('Continue with {name}', { name })}
          </Button>
        )
      }
      count={identities.length}
      description={
        name === undefined
          ? i18n.t('Accounts elsewhere by which you sign in here.')
          : i18n.t('Link your account at {name}, and sign in by it.', { name })
      }
      title={title}
    >
      {identities.length > 0 && (
        <Rows label={title}>
          {identities.map((identity) => (
            <IdentityRow identity={identity} key={identity.id} />
          ))}
        </Rows>
      )}
      {data === undefined && error === null && <ListSkeleton count={1} />}
      {data === undefined && error !== null && <ProblemNotice error={error} onRetry={refetch} />}
    </Section>
  );
}

/** Leads to the issuer, who leads back here. */
function useLink() {
  return useMutation({
    mutationFn: () =>
      confirmed(here, () =>
        answer(api.POST('/api/v1/users/me/identities', { params: { query: { return_to: here } } })),
      ),
    onSuccess: ({ url }) => location.assign(url),
    onError: (error) => {
      if (!declined(error)) {
        toast({ title: i18n.t('Nothing was linked'), description: asProblem(error).message, error: true });
      }
    },
  });
}

function IdentityRow({ identity }: { identity: Identity }) {
  const [asking, setAsking] = useState(false);
  const { provider, email } = identity;
  const unlink = useRemoval<Identity>({
    queryKey: identitiesQuery.queryKey,
    remove: ({ id }) =>
      confirmed(here, () => answer(api.DELETE('/api/v1/users/me/identities/{id}', { params: { path: { id } } }))),
    failed: (it) => i18n.t('{provider} stays linked', { provider: it.provider }),
    removed: (it) => i18n.t('{provider} is not linked any more', { provider: it.provider }),
  });
  return (
    <>
      <Row
        action={
          <Button
            aria-label={i18n.t('Unlink {email} at {provider}', { email, provider })}
            onClick={() => setAsking(true)}
            size="small"
          >
            {i18n.t('Unlink')}
          </Button>
        }
        facts={[
          email,
          i18n.t('Linked {day}', { day: formatDay(identity.created_at) }),
          <LastUsed at={identity.last_used_at} key="use" />,
        ]}
        icon={<KeyRound />}
        title={provider}
      />
      <Confirm
        action={i18n.t('Unlink')}
        description={i18n.t('You cannot sign in by it any more. You can link it again.')}
        onConfirm={() => {
          setAsking(false);
          unlink(identity);
        }}
        onOpenChange={setAsking}
        open={asking}
        title={i18n.t('Unlink {email} at {provider}?', { email, provider })}
      />
    </>
  );
}
