import { formatMoment } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Receipt } from '@/shared/receipt/receipt';
import { Dialog } from '@/shared/ui/dialog';
import type { Message, Model } from './types';

interface ReceiptDialogProps {
  message: Message;
  model: Model | undefined;
  onOpenChange: (open: boolean) => void;
}

/** What an answer cost, line by line. */
export function ReceiptDialog({ message, model, onOpenChange }: ReceiptDialogProps) {
  return (
    <Dialog
      description={i18n.t('{model}, {when}', {
        model: model?.name ?? message.model,
        when: formatMoment(message.created_at),
      })}
      onOpenChange={onOpenChange}
      open={true}
      title={i18n.t('Details of this answer')}
    >
      <Receipt jobId={message.job_id} />
    </Dialog>
  );
}
