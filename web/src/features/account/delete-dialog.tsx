import type { SubmitEvent } from 'react';
import type { User } from '@/shared/api/types';
import { declined } from '@/shared/confirm/confirm';
import { ConfirmPlace } from '@/shared/confirm/confirm-place';
import { useDraft } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Dialog, DialogClose } from '@/shared/ui/dialog';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { useDeleteAccount } from './delete-account';
import type { ActProps } from './use-act';

interface DeleteDialogProps extends ActProps {
  user: User;
}

/** Says what goes and what stays, and wants to be sure. */
export function DeleteDialog({ user, ...act }: DeleteDialogProps) {
  const [typed, setTyped] = useDraft(`${user.id}.delete`);
  const remove = useDeleteAccount(user);
  const sure = typed.trim().toLowerCase() === user.email.toLowerCase();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (sure) {
      remove.mutate();
    }
  };
  return (
    <Dialog
      {...act}
      onOpenChange={(open) => {
        if (!open) {
          setTyped('');
        }
        act.onOpenChange(open);
      }}
      title={i18n.t('Delete your account?')}
    >
      <dl className="flex flex-col gap-3">
        <Fate name={i18n.t('Goes at once')}>
          {i18n.t('Your name, e-mail and password, all sessions and API keys. What is being made stops.')}
        </Fate>
        <Fate name={i18n.t('Goes within moments')}>
          {i18n.t('Your conversations, your files and everything that was made for you.')}
        </Fate>
        <Fate name={i18n.t('Stays')}>
          {i18n.t('What was used of which model on which day, for the operator’s books, without your name.')}
        </Fate>
      </dl>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {remove.isError && !declined(remove.error) && <ProblemNotice error={remove.error} />}
        <Field label={i18n.t('To be sure, type your e-mail')}>
          <Input
            autoComplete="off"
            dir="ltr"
            inputMode="email"
            onChange={(event) => {
              remove.reset();
              setTyped(event.target.value);
            }}
            placeholder={user.email}
            spellCheck={false}
            value={typed}
          />
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          <DialogClose render={<Button />}>{i18n.t('Keep it')}</DialogClose>
          <Button busy={remove.isPending} disabled={!sure} type="submit" variant="destructive">
            {i18n.t('Delete the account')}
          </Button>
        </div>
      </form>
      <ConfirmPlace />
    </Dialog>
  );
}

function Fate({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt className="font-medium">{name}</dt>
      <dd className="text-muted-foreground">{children}</dd>
    </div>
  );
}
