import { useQuery } from '@tanstack/react-query';
import { authOptionsQuery } from '@/shared/api/session';
import { drafts } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { AuthFrame } from './auth-frame';
import { AuthLink } from './auth-link';
import { email, name, newPassword } from './checks';
import { carrying } from './from';
import { IssuerLink } from './issuer-link';
import { NewPasswordField } from './new-password-field';
import { SubmitButton } from './submit-button';
import { useAuthForm } from './use-auth-form';
import { type Registration, useRegister } from './use-sign-in';

interface RegisterPageProps {
  from?: string | undefined;
}

export function RegisterPage({ from }: RegisterPageProps) {
  const { data: options } = useQuery(authOptionsQuery);
  const first = options?.first_account === true;
  const closed = options?.registration === 'closed' && !first;
  let description: string | undefined;
  if (first) {
    description = i18n.t('This is the first account of this server, so it becomes the administrator.');
  } else if (closed) {
    description = i18n.t('Registration is closed on this server. Ask its administrator for an account.');
  }
  return (
    <AuthFrame
      description={description}
      footer={
        !first && (
          <p>
            {i18n.t('You have an account?')}{' '}
            <AuthLink search={carrying(from)} to="/sign-in">
              {i18n.t('Sign in')}
            </AuthLink>
          </p>
        )
      }
      title={first ? i18n.t('Set up Pulse') : i18n.t('Create an account')}
    >
      {!closed && (
        <>
          {options?.oidc && <IssuerLink from={from} name={options.oidc.name} />}
          <RegistrationForm from={from} />
        </>
      )}
    </AuthFrame>
  );
}

const draft = 'register';

function RegistrationForm({ from }: RegisterPageProps) {
  const kept = drafts.read<Partial<Registration>>(draft);
  const register = useRegister(from);
  const { errors, problem, wait, props, refuse } = useAuthForm(
    { full_name: name, email, password: newPassword },
    (values) =>
      register.mutate(
        { ...values, full_name: values.full_name.trim(), email: values.email.trim() },
        { onSuccess: () => drafts.remove(draft), onError: refuse },
      ),
  );

  return (
    <form
      {...props}
      className="flex flex-col gap-4"
      onChange={(event) => {
        // What was typed is kept, but for the password.
        const given = new FormData(event.currentTarget);
        drafts.write(draft, { full_name: given.get('full_name'), email: given.get('email') });
      }}
    >
      {problem !== undefined && <ProblemNotice error={problem} />}
      <Field error={errors.full_name} label={i18n.t('Name')}>
        <Input autoComplete="name" defaultValue={kept?.full_name} name="full_name" />
      </Field>
      <Field error={errors.email} label={i18n.t('E-mail')}>
        <Input autoComplete="username" defaultValue={kept?.email} inputMode="email" name="email" type="email" />
      </Field>
      <NewPasswordField error={errors.password} label={i18n.t('Password')} />
      <SubmitButton
        busy={register.isPending}
        busyLabel={i18n.t('Creating the account…')}
        label={i18n.t('Create the account')}
        wait={wait}
      />
    </form>
  );
}
