import { type SubmitEvent, useRef, useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { User } from '@/shared/api/types';
import { declined } from '@/shared/confirm/confirm';
import { ConfirmPlace } from '@/shared/confirm/confirm-place';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Dialog, DialogClose } from '@/shared/ui/dialog';
import { Field } from '@/shared/ui/field';
import { PasswordInput } from '@/shared/ui/password-input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { minPassword, useSetPassword } from './password';
import type { ActProps } from './use-act';

interface PasswordDialogProps extends ActProps {
  user: User;
}

type Errors = Partial<Record<'current_password' | 'password', string | undefined>>;

/** Another password, or a first one. What is typed here is kept nowhere. */
export function PasswordDialog({ user, ...act }: PasswordDialogProps) {
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const set = useSetPassword();
  const [first] = useState(!user.has_password); // not any more while it fades
  const problem = set.isError && !declined(set.error) ? asProblem(set.error) : undefined;

  const refuse = (found: Errors) => {
    setErrors(found);
    const wrong = found.current_password === undefined ? 'password' : 'current_password';
    form.current?.querySelector<HTMLInputElement>(`[name="${wrong}"]`)?.focus();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const current = String(given.get('current_password') ?? '');
    const password = String(given.get('password'));
    const found = {
      current_password: first || current !== '' ? undefined : i18n.t('Enter your password.'),
      password:
        password.length < minPassword ? i18n.t('Use at least {count} characters.', { count: minPassword }) : undefined,
    };
    if (found.current_password !== undefined || found.password !== undefined) {
      refuse(found);
      return;
    }
    set.mutate(
      { password, ...(!first && { current_password: current }) },
      {
        onSuccess: () => act.onOpenChange(false),
        onError: (error) => {
          const { fields } = asProblem(error);
          if (fields.current_password !== undefined || fields.password !== undefined) {
            refuse({ current_password: fields.current_password, password: fields.password });
          }
        },
      },
    );
  };
  const atField = errors.current_password !== undefined || errors.password !== undefined;

  return (
    <Dialog
      {...act}
      description={i18n.t('All other sessions end by it; this one goes on.')}
      keep={true}
      title={first ? i18n.t('Set a password') : i18n.t('Change the password')}
    >
      <form
        className="flex flex-col gap-4"
        noValidate={true}
        onInput={() => {
          setErrors({});
          set.reset();
        }}
        onSubmit={submit}
        ref={form}
      >
        {problem !== undefined && !atField && <ProblemNotice error={problem} />}
        {/* For password managers, which want to know whose password it is. */}
        <input autoComplete="username" hidden={true} name="username" readOnly={true} value={user.email} />
        {!first && (
          <Field error={errors.current_password} label={i18n.t('Current password')}>
            <PasswordInput autoComplete="current-password" name="current_password" />
          </Field>
        )}
        <Field
          error={errors.password}
          hint={i18n.t('At least {count} characters; a sentence is easy to remember.', { count: minPassword })}
          label={i18n.t('New password')}
        >
          <PasswordInput autoComplete="new-password" name="password" />
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          <DialogClose render={<Button />}>{i18n.t('Cancel')}</DialogClose>
          <Button busy={set.isPending} type="submit" variant="primary">
            {first ? i18n.t('Set the password') : i18n.t('Change')}
          </Button>
        </div>
      </form>
      <ConfirmPlace />
    </Dialog>
  );
}
