import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { answer, api } from '@/shared/api/client';
import { i18n } from '@/shared/lib/text';
import { buttonStyle } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { AuthFrame } from './auth-frame';
import { AuthLink } from './auth-link';
import { newPassword } from './checks';
import { carrying } from './from';
import { forgetLinkToken, useLinkToken } from './link-token';
import { NewPasswordField } from './new-password-field';
import { takeReturn } from './return-draft';
import { SubmitButton } from './submit-button';
import { useAuthForm } from './use-auth-form';

/** Where the link of a forgotten password leads. */
export function ResetPage() {
  const token = useLinkToken('reset');
  return token === '' ? (
    <NoLink title={i18n.t('Open the link from your e-mail')} />
  ) : (
    <Reset key={token} token={token} />
  );
}

function Reset({ token }: { token: string }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const reset = useMutation({
    meta: { mayBeSignedOut: true },
    mutationFn: (password: string) => answer(api.POST('/api/v1/auth/reset', { body: { token, password } })),
    onSuccess: () => {
      forgetLinkToken('reset');
      queryClient.clear(); // all sessions have ended, this browser's too
      return navigate({ to: '/sign-in', search: { ...carrying(takeReturn()), done: 'reset' }, replace: true });
    },
  });
  const { errors, problem, wait, props, refuse } = useAuthForm({ password: newPassword }, ({ password }) =>
    reset.mutate(password, { onError: refuse }),
  );
  if (problem?.kind === 'link_expired') {
    return <NoLink outcome={true} title={i18n.t('This link no longer works')} />;
  }
  return (
    <AuthFrame
      description={i18n.t('You will be signed out everywhere, and sign in with the new one.')}
      title={i18n.t('Set a new password')}
    >
      <form {...props} className="flex flex-col gap-4">
        {problem !== undefined && <ProblemNotice error={problem} />}
        <NewPasswordField error={errors.password} label={i18n.t('New password')} />
        <SubmitButton
          busy={reset.isPending}
          busyLabel={i18n.t('Setting the password…')}
          label={i18n.t('Set the password')}
          wait={wait}
        />
      </form>
    </AuthFrame>
  );
}

function NoLink({ title, outcome = false }: { title: string; outcome?: boolean }) {
  return (
    <AuthFrame
      description={i18n.t('A link for a new password works once and for an hour, and only the newest one counts.')}
      outcome={outcome}
      footer={
        <p>
          <AuthLink search={{}} to="/sign-in">
            {i18n.t('Back to the sign-in')}
          </AuthLink>
        </p>
      }
      title={title}
    >
      <Link className={buttonStyle({ variant: 'primary', className: 'pointer-coarse:h-11' })} to="/forgot">
        {i18n.t('Get a new link')}
      </Link>
    </AuthFrame>
  );
}
