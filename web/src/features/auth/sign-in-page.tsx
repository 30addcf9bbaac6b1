import { Link } from '@tanstack/react-router';
import { drafts } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { AuthFrame } from './auth-frame';
import { email, password } from './checks';
import { PasswordInput } from './password-input';
import { useAuthForm } from './use-auth-form';
import { emailDraft, useSignIn } from './use-sign-in';

export function SignInPage({ from }: { from?: string | undefined }) {
  const signIn = useSignIn(from);
  const { errors, problem, props, refuse } = useAuthForm({ email, password }, (values) =>
    signIn.mutate({ ...values, email: values.email.trim() }, { onError: refuse }),
  );

  return (
    <AuthFrame
      footer={
        <>
          {i18n.t('No account yet?')}{' '}
          <Link
            className="text-primary underline underline-offset-4"
            search={from === undefined ? {} : { from }}
            to="/register"
          >
            {i18n.t('Create one')}
          </Link>
        </>
      }
      title={i18n.t('Sign in to Pulse')}
    >
      <form {...props} className="flex flex-col gap-4">
        {problem !== undefined && <ProblemNotice error={problem} />}
        <Field error={errors.email} label={i18n.t('E-mail')}>
          <Input
            autoComplete="username"
            defaultValue={drafts.read<string>(emailDraft)}
            inputMode="email"
            name="email"
            type="email"
          />
        </Field>
        <Field error={errors.password} label={i18n.t('Password')}>
          <PasswordInput autoComplete="current-password" name="password" />
        </Field>
        <Button busy={signIn.isPending} type="submit" variant="primary">
          {signIn.isPending ? i18n.t('Signing in…') : i18n.t('Sign in')}
        </Button>
      </form>
    </AuthFrame>
  );
}
