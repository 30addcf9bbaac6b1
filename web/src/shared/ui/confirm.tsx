import { i18n } from '@/shared/lib/text';
import { Button } from './button';
import { Dialog, DialogClose } from './dialog';

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question that names the thing. */
  title: string;
  description: string;
  /** The verb on the button. */
  action: string;
  /** What is on the other one. */
  keep?: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks once before what cannot be undone. */
export function Confirm({ open, onOpenChange, title, description, action, keep, busy, onConfirm }: ConfirmProps) {
  return (
    <Dialog
      actions={
        <>
          <DialogClose render={<Button />}>{keep ?? i18n.t('Keep it')}</DialogClose>
          <Button busy={busy} onClick={onConfirm} variant="destructive">
            {action}
          </Button>
        </>
      }
      description={description}
      onOpenChange={onOpenChange}
      open={open}
      title={title}
    />
  );
}
