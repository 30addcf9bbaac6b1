import { useQuery } from '@tanstack/react-query';
import { authOptionsQuery } from '@/shared/api/session';
import { drafts } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { PasswordInput } from '@/shared/ui/password-input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { AuthFrame } from './auth-frame';
import { AuthLink } from './auth-link';
import { email, password } from './checks';
import { carrying, type SignInSearch } from './from';
import { IssuerLink } from './issuer-link';

import { SignInNotice } from './sign-in-notice';
import { SubmitButton } from './submit-button';
import { useAuthForm } from './use-auth-form';
import { emailDraft, useSignIn } from './use-sign-in';

export function SignInPage({ from, ...told }: SignInSearch) {
  const { data: options } = useQuery(authOptionsQuery);
  const linking = told.problem === 'link_needed'; // the issuer would only send them back here
  return (
    <AuthFrame
      footer={
        options?.registration !== 'closed' && (
          <p>
            {i18n.t('No account yet?')}{' '}
            <AuthLink search={carrying(from)} to="/register">
              {i18n.t('Create one')}
            </AuthLink>
          </p>
        )
      }
      title={i18n.t('Sign in to Pulse')}
    >
      <SignInNotice {...told} issuer={options?.oidc?.name ?? i18n.t('the other service')} />
      {options?.oidc && !linking && <IssuerLink from={from} name={options.oidc.name} />}
      <SignInForm from={linking ? '/settings/security' : from} />
    </AuthFrame>
  );
}

function SignInForm({ from }: { from: string | undefined }) {
  const signIn = useSignIn(from);
  const { errors, problem, wait, props, refuse } = useAuthForm({ email, password }, (values) =>
    signIn.mutate({ ...values, email: values.email.trim() }, { onError: refuse }),
  );
  return (
    <form {...props} className="flex flex-col gap-4">
      {problem !== undefined && <ProblemNotice error={problem} />}
      <Field error={errors.email} label={i18n.t('E-mail')}>
        <Input
          autoComplete="username"
          defaultValue={drafts.read<string>(emailDraft)}
          inputMode="email"
          name="email"
          onChange={({ target }) => drafts.write(emailDraft, target.value)}
          type="email"
        />
      </Field>
      {/* The link stands beside the label and comes after the field: Tab leads from the e-mail to the password. */}
      <div className="relative">
        <Field error={errors.password} label={i18n.t('Password')}>
          <PasswordInput autoComplete="current-password" name="password" />
        </Field>
        <AuthLink
          className="absolute end-0 top-0 text-muted-foreground text-sm no-underline hover:text-foreground hover:underline pointer-coarse:-top-3 pointer-coarse:py-3"
          search={carrying(from)}
          to="/forgot"
        >
          {i18n.t('Forgot your password?')}
        </AuthLink>
      </div>
      <SubmitButton busy={signIn.isPending} busyLabel={i18n.t('Signing in…')} label={i18n.t('Sign in')} wait={wait} />
    </form>
  );
}
