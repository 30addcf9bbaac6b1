import { formatMoment } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Receipt } from '@/shared/receipt/receipt';
import { Dialog } from '@/shared/ui/dialog';
import { titleOf } from './names';
import type { ImageJob } from './types';

interface ReceiptDialogProps {
  job: ImageJob;
  onOpenChange: (open: boolean) => void;
}

/** What the pictures cost, line by line. Loaded when it is first asked for. */
export function ReceiptDialog({ job, onOpenChange }: ReceiptDialogProps) {
  return (
    <Dialog
      description={`${titleOf(job)}, ${formatMoment(job.created_at)}`}
      onOpenChange={onOpenChange}
      open={true}
      title={i18n.t('Receipt')}
    >
      <Receipt jobId={job.id} />
    </Dialog>
  );
}
