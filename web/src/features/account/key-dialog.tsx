import { useUser } from '@/shared/api/session';
import { ConfirmPlace } from '@/shared/confirm/confirm-place';
import { drafts } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Dialog } from '@/shared/ui/dialog';
import { useCreateKey } from './create-key';
import { KeyForm } from './key-form';
import { KeyShown } from './key-shown';
import type { ActProps } from './use-act';

/** Makes an API key, then shows it, once. */
export function KeyDialog(act: ActProps) {
  const user = useUser();
  const draft = `${user.id}.key`;
  const create = useCreateKey();
  const made = create.data;
  return (
    <Dialog
      {...act}
      className={made === undefined ? '' : 'max-w-lg'}
      description={
        made === undefined
          ? i18n.t('Choose what it may do; it can do no more than that.')
          : i18n.t('Copy it to where it is to be used.')
      }
      keep={true}
      title={made === undefined ? i18n.t('Create an API key') : i18n.t('“{name}” is ready', { name: made.name })}
    >
      {made === undefined ? (
        <KeyForm
          busy={create.isPending}
          draft={draft}
          error={create.error}
          onChange={create.reset}
          onSubmit={(wanted) => create.mutate(wanted, { onSuccess: () => drafts.remove(draft) })}
        />
      ) : (
        <KeyShown made={made} onDone={() => act.onOpenChange(false)} />
      )}
      <ConfirmPlace />
    </Dialog>
  );
}
