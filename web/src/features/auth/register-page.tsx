import { zodResolver } from '@hookform/resolvers/zod';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import type { Problem } from '@/shared/api/problem';
import { drafts } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { authOptionsQuery } from './api';
import { AuthFrame } from './auth-frame';
import { minPassword, type RegisterForm, registerForm } from './forms';
import { PasswordInput } from './password-input';
import { placeErrors } from './server-errors';
import { useRegister } from './use-sign-in';

interface RegisterPageProps {
  from?: string | undefined;
}

export function RegisterPage({ from }: RegisterPageProps) {
  const { data: options } = useQuery(authOptionsQuery);
  const first = options?.first_account === true;
  const closed = options?.registration === 'closed' && !first;
  return (
    <AuthFrame
      description={
        first ? i18n.t('This is the first account of this server, so it becomes the administrator.') : undefined
      }
      footer={
        !first && (
          <>
            {i18n.t('You have an account?')}{' '}
            <Link
              className="text-primary underline-offset-4 hover:underline"
              search={from === undefined ? {} : { from }}
              to="/sign-in"
            >
              {i18n.t('Sign in')}
            </Link>
          </>
        )
      }
      title={first ? i18n.t('Set up Pulse') : i18n.t('Create an account')}
    >
      {closed ? (
        <p>{i18n.t('Registration is closed on this server. Ask its administrator for an account.')}</p>
      ) : (
        <RegistrationForm from={from} />
      )}
    </AuthFrame>
  );
}

const draft = 'register';

function RegistrationForm({ from }: RegisterPageProps) {
  const form = useForm<RegisterForm>({
    resolver: zodResolver(registerForm),
    defaultValues: { full_name: '', email: '', ...drafts.read<Partial<RegisterForm>>(draft), password: '' },
  });
  const register = useRegister(from);
  const [problem, setProblem] = useState<Problem>();
  const { errors } = form.formState;

  // What was typed is kept, but for the password.
  const { watch } = form;
  useEffect(() => {
    const { unsubscribe } = watch(({ full_name, email }) => drafts.write(draft, { full_name, email }));
    return unsubscribe;
  }, [watch]);

  const submit = form.handleSubmit((values) => {
    setProblem(undefined);
    register.mutate(values, {
      onSuccess: () => drafts.remove(draft),
      onError: (error) => setProblem(placeErrors(form, error)),
    });
  });

  return (
    <form className="flex flex-col gap-4" noValidate={true} onSubmit={submit}>
      {problem !== undefined && <ProblemNotice error={problem} />}
      <Field error={errors.full_name?.message} label={i18n.t('Name')}>
        <Input {...form.register('full_name')} autoComplete="name" />
      </Field>
      <Field error={errors.email?.message} label={i18n.t('E-mail')}>
        <Input {...form.register('email')} autoComplete="username" inputMode="email" type="email" />
      </Field>
      <Field
        error={errors.password?.message}
        hint={i18n.t('At least {count} characters; a sentence is easy to remember.', { count: minPassword })}
        label={i18n.t('Password')}
      >
        <PasswordInput {...form.register('password')} autoComplete="new-password" />
      </Field>
      <Button busy={register.isPending} type="submit" variant="primary">
        {register.isPending ? i18n.t('Creating the account…') : i18n.t('Create the account')}
      </Button>
    </form>
  );
}
