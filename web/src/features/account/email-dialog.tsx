import type { SubmitEvent } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { User } from '@/shared/api/types';
import { declined } from '@/shared/confirm/confirm';
import { ConfirmPlace } from '@/shared/confirm/confirm-place';
import { drafts, useDraft } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Dialog, DialogClose } from '@/shared/ui/dialog';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { toast } from '@/shared/ui/toast';
import { useChangeEmail } from './email';
import type { ActProps } from './use-act';

interface EmailDialogProps extends ActProps {
  user: User;
  /** The address changes when the link is opened that was sent there. */
  onSent: (email: string) => void;
}

/** Another e-mail for the account. */
export function EmailDialog({ user, onSent, ...act }: EmailDialogProps) {
  const draft = `${user.id}.email`;
  const [email, setEmail] = useDraft(draft);
  const change = useChangeEmail();
  const wanted = email.trim();
  const problem = change.isError && !declined(change.error) ? asProblem(change.error) : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate(wanted, {
      onSuccess: ({ byLink }) => {
        drafts.remove(draft);
        act.onOpenChange(false);
        if (byLink) {
          onSent(wanted);
        } else {
          toast({ title: i18n.t('Your e-mail is {email} now', { email: wanted }) });
        }
      },
    });
  };
  return (
    <Dialog
      {...act}
      description={i18n.t('You sign in with it, and it is where a lost password is mended.')}
      title={i18n.t('Change the e-mail')}
    >
      <form className="flex flex-col gap-4" noValidate={true} onSubmit={submit}>
        {problem !== undefined && problem.fields.email === undefined && <ProblemNotice error={problem} />}
        <Field error={problem?.fields.email} label={i18n.t('New e-mail')}>
          <Input
            autoComplete="email"
            dir="ltr"
            inputMode="email"
            onChange={(event) => {
              change.reset();
              setEmail(event.target.value);
            }}
            type="email"
            value={email}
          />
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          <DialogClose render={<Button />}>{i18n.t('Cancel')}</DialogClose>
          <Button
            busy={change.isPending}
            disabled={wanted === '' || wanted === user.email}
            type="submit"
            variant="primary"
          >
            {i18n.t('Change')}
          </Button>
        </div>
      </form>
      <ConfirmPlace />
    </Dialog>
  );
}
