import { zodResolver } from '@hookform/resolvers/zod';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { Problem } from '@/shared/api/problem';
import { drafts } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { AuthFrame } from './auth-frame';
import { type SignInForm, signInForm } from './forms';
import { PasswordInput } from './password-input';
import { placeErrors } from './server-errors';
import { useSignIn } from './use-sign-in';

const emailDraft = 'sign-in.email';

export function SignInPage({ from }: { from?: string | undefined }) {
  const form = useForm<SignInForm>({
    resolver: zodResolver(signInForm),
    defaultValues: { email: drafts.read<string>(emailDraft) ?? '', password: '' },
  });
  const signIn = useSignIn(from);
  const [problem, setProblem] = useState<Problem>();
  const { errors } = form.formState;
  const submit = form.handleSubmit((values) => {
    setProblem(undefined);
    drafts.write(emailDraft, values.email);
    signIn.mutate(values, { onError: (error) => setProblem(placeErrors(form, error)) });
  });

  return (
    <AuthFrame
      footer={
        <>
          {i18n.t('No account yet?')}{' '}
          <Link
            className="text-primary underline-offset-4 hover:underline"
            search={from === undefined ? {} : { from }}
            to="/register"
          >
            {i18n.t('Create one')}
          </Link>
        </>
      }
      title={i18n.t('Sign in to Pulse')}
    >
      <form className="flex flex-col gap-4" noValidate={true} onSubmit={submit}>
        {problem !== undefined && <ProblemNotice error={problem} />}
        <Field error={errors.email?.message} label={i18n.t('E-mail')}>
          <Input {...form.register('email')} autoComplete="username" inputMode="email" type="email" />
        </Field>
        <Field error={errors.password?.message} label={i18n.t('Password')}>
          <PasswordInput {...form.register('password')} autoComplete="current-password" />
        </Field>
        <Button busy={signIn.isPending} type="submit" variant="primary">
          {signIn.isPending ? i18n.t('Signing in…') : i18n.t('Sign in')}
        </Button>
      </form>
    </AuthFrame>
  );
}
