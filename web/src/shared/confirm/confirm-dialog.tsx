import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useRef, useState } from 'react';
import { answer, api } from '@/shared/api/client';
import { asProblem, type Problem } from '@/shared/api/problem';
import { authOptionsQuery } from '@/shared/api/session';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Dialog, DialogClose } from '@/shared/ui/dialog';
import { Field } from '@/shared/ui/field';
import { PasswordInput } from '@/shared/ui/password-input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import type { Asked } from './confirm';

interface ConfirmDialogProps {
  asked: Asked;
  open: boolean;
}

/** Asks somebody who is signed in to show once more who they are. */
export function ConfirmDialog({ asked, open }: ConfirmDialogProps) {
  const byPassword = asked.methods.includes('password');
  return (
    <Dialog
      className="max-w-sm"
      description={i18n.t(
        'You signed in some time ago, and this cannot be left to somebody who finds your browser open.',
      )}
      onOpenChange={(next) => !next && asked.settle(false)}
      open={open}
      title={i18n.t('Is it you?')}
    >
      {byPassword && <ByPassword onConfirmed={() => asked.settle(true)} />}
      {asked.methods.includes('oidc') && <ByIssuer alone={!byPassword} returnTo={asked.returnTo} />}
      {asked.methods.length === 0 && <p>{i18n.t('Sign out and in again to go on.')}</p>}
    </Dialog>
  );
}

/** What is wrong with the password, where that is all that is wrong. */
function wrong(problem: Problem | undefined): string | undefined {
  return problem?.fields.password === undefined ? undefined : i18n.t('This is not your password.');
}

function ByPassword({ onConfirmed }: { onConfirmed: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const [empty, setEmpty] = useState(false);
  const { mutate, reset, isPending, error } = useMutation({
    mutationFn: (password: string) => answer(api.POST('/api/v1/auth/confirm', { body: { password } })),
    onSuccess: onConfirmed,
    onError: () => form.current?.querySelector('input')?.focus(),
  });
  const problem = error === null ? undefined : asProblem(error);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password'));
    setEmpty(password === '');
    if (password === '') {
      form.current?.querySelector('input')?.focus();
    } else {
      mutate(password);
    }
  };
  return (
    <form
      className="flex flex-col gap-4"
      noValidate={true}
      onInput={() => {
        reset();
        setEmpty(false);
      }}
      onSubmit={submit}
      ref={form}
    >
      {problem !== undefined && wrong(problem) === undefined && <ProblemNotice error={problem} />}
      <Field error={empty ? i18n.t('Enter your password.') : wrong(problem)} label={i18n.t('Password')}>
        <PasswordInput autoComplete="current-password" name="password" />
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <DialogClose render={<Button />}>{i18n.t('Cancel')}</DialogClose>
        <Button busy={isPending} type="submit" variant="primary">
          {i18n.t('Confirm')}
        </Button>
      </div>
    </form>
  );
}

function ByIssuer({ returnTo, alone }: { returnTo: string; alone: boolean }) {
  const { data } = useQuery(authOptionsQuery);
  const name = data?.oidc?.name ?? '';
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/auth/confirm/oidc', { body: { return_to: returnTo } })),
    onSuccess: ({ url }) => location.assign(url),
  });
  return (
    <>
      {error !== null && <ProblemNotice error={error} />}
      <Button busy={isPending} className="w-full" onClick={() => mutate()} variant={alone ? 'primary' : 'secondary'}>
        {name === '' ? i18n.t('Continue') : i18n.t('Continue with {name}', { name })}
      </Button>
    </>
  );
}
