import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '@/shared/api/client';
import { asProblem, type Problem } from '@/shared/api/problem';
import { authOptionsQuery, sessionKey, sessionQuery } from '@/shared/api/session';
import type { User } from '@/shared/api/types';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { AuthFrame } from './auth-frame';
import { forgetLinkToken, useLinkToken } from './link-token';

const back = { from: '/verify' };

/** Where the link leads that shows that somebody reads an e-mail. It counts for whoever is signed in. */
export function VerifyPage() {
  const token = useLinkToken('verify');
  const { data: options } = useQuery(authOptionsQuery);
  const { data: user } = useQuery({ ...sessionQuery, enabled: options?.signed_in === true });
  if (options?.signed_in === false) {
    return token === '' ? <NoLink /> : <SignInFirst />;
  }
  if (user === undefined) {
    return <Waiting />;
  }
  return token === '' ? <NoLink user={user} /> : <Verification key={token} token={token} user={user} />;
}

interface Outcome {
  user?: User;
  problem?: Problem;
}

function Verification({ token, user }: { token: string; user: User }) {
  const queryClient = useQueryClient();
  // A query, so that it is asked once however often the page is drawn.
  const { data, refetch } = useQuery({
    queryKey: ['auth', 'verify', token],
    queryFn: (): Promise<Outcome> =>
      answer(api.POST('/api/v1/auth/verify', { body: { token } })).then(
        (verified) => {
          forgetLinkToken('verify');
          queryClient.setQueryData(sessionKey, verified);
          return { user: verified };
        },
        (error) => ({ problem: asProblem(error) }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (data?.user !== undefined) {
    return <Verified email={data.user.email} />;
  }
  switch (data?.problem?.kind) {
    case undefined:
      return <Waiting />;
    case 'unauthenticated':
      return <SignInFirst />;
    case 'other_account':
      return <OtherAccount user={user} />;
    case 'link_expired':
      return <NoLink expired={true} user={user} />;
    default:
      return (
        <AuthFrame title={i18n.t('Your e-mail is not verified yet')}>
          <ProblemNotice error={data?.problem} onRetry={() => refetch()} />
        </AuthFrame>
      );
  }
}

function Waiting() {
  return (
    <AuthFrame title={i18n.t('Verifying your e-mail…')}>
      <Skeleton className="h-9" />
    </AuthFrame>
  );
}

function Verified({ email }: { email: string }) {
  return (
    <AuthFrame
      description={i18n.t('{email} is confirmed as the e-mail of your account.', { email })}
      outcome={true}
      title={i18n.t('Your e-mail is verified')}
    >
      <GoOn variant="primary" />
    </AuthFrame>
  );
}

function GoOn({ variant }: { variant: 'primary' | 'secondary' | 'ghost' }) {
  return (
    <Link className={wayOn(variant)} to="/">
      {i18n.t('Go on to Pulse')}
    </Link>
  );
}

function wayOn(variant: 'primary' | 'secondary' | 'ghost'): string {
  return buttonStyle({ variant, className: 'pointer-coarse:h-11' });
}

function SignInFirst() {
  return (
    <AuthFrame
      description={i18n.t('Sign in to the account that the link is for. Then you come back here, and it is done.')}
      title={i18n.t('Verify your e-mail')}
    >
      <Link className={wayOn('primary')} search={back} to="/sign-in">
        {i18n.t('Sign in')}
      </Link>
    </AuthFrame>
  );
}

function OtherAccount({ user }: { user: User }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/auth/logout')),
    onSuccess: async () => {
      await navigate({ to: '/sign-in', search: back });
      queryClient.clear();
    },
  });
  return (
    <AuthFrame
      description={i18n.t('You are signed in as {email}. Sign in to the account that the link is for, and it works.', {
        email: user.email,
      })}
      outcome={true}
      title={i18n.t('This link is for another account')}
    >
      {signOut.error && <ProblemNotice error={signOut.error} />}
      <div className="flex flex-col gap-2">
        <Button busy={signOut.isPending} onClick={() => signOut.mutate()} variant="primary">
          {i18n.t('Sign in to another account')}
        </Button>
        <Link className={wayOn('ghost')} to="/">
          {i18n.t('Stay with this one')}
        </Link>
      </div>
    </AuthFrame>
  );
}

interface NoLinkProps {
  /** Who is signed in, and can have a new one. */
  user?: User;
  expired?: boolean;
}

/** The link is missing, too old, or was used. */
function NoLink({ user, expired = false }: NoLinkProps) {
  const resend = useMutation({ mutationFn: () => answer(api.POST('/api/v1/users/me/verification')) });
  if (user?.is_verified) {
    return <Verified email={user.email} />;
  }
  if (user !== undefined && resend.isSuccess) {
    return (
      <AuthFrame
        description={i18n.t('A new link is on its way to {email}. It works once, for a day.', { email: user.email })}
        outcome={true}
        title={i18n.t('Check your e-mail')}
      >
        <GoOn variant="secondary" />
      </AuthFrame>
    );
  }
  const title = expired ? i18n.t('This link no longer works') : i18n.t('Open the link from your e-mail');
  let text = i18n.t('A link to verify an e-mail works once and for a day, and only the newest one counts.');
  let way: ReactNode = (
    <Link className={wayOn('primary')} search={back} to="/sign-in">
      {i18n.t('Sign in')}
    </Link>
  );
  if (user !== undefined) {
    text = i18n.t('A link works once and for a day, and only the newest one counts. A new one goes to {email}.', {
      email: user.email,
    });
    way = (
      <Button busy={resend.isPending} onClick={() => resend.mutate()} variant="primary">
        {i18n.t('Send a new link')}
      </Button>
    );
  }
  return (
    <AuthFrame description={text} outcome={expired} title={title}>
      {resend.error && <ProblemNotice error={resend.error} />}
      <div className="flex flex-col gap-2">
        {way}
        {user !== undefined && <GoOn variant="ghost" />}
      </div>
    </AuthFrame>
  );
}
