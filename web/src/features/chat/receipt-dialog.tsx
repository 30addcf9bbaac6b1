import { useQuery } from '@tanstack/react-query';
import { formatDay, formatMoment, formatNumber, formatUsd } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Dialog } from '@/shared/ui/dialog';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { receiptQuery } from './queries';
import { rowsOf } from './receipt-rows';
import type { Message, Model } from './types';

interface ReceiptDialogProps {
  message: Message;
  model: Model | undefined;
  onOpenChange: (open: boolean) => void;
}

/** What an answer cost, line by line: tokens times the price of the day. */
export function ReceiptDialog({ message, model, onOpenChange }: ReceiptDialogProps) {
  const { data, error, refetch } = useQuery(receiptQuery(message.job_id));
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
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!(data || error) && <Skeleton className="h-24 w-full" />}
      {data?.items.length === 0 && (
        <p className="text-muted-foreground text-sm">{i18n.t('Nothing was charged for this answer.')}</p>
      )}
      {data?.items.map((receipt) => (
        <table className="w-full text-sm tabular-nums" key={receipt.meter}>
          <thead className="text-muted-foreground text-xs">
            <tr className="border-b [&>th]:py-1.5 [&>th]:font-normal">
              <th className="text-start" scope="col">
                {i18n.t('Tokens')}
              </th>
              <th className="text-end" scope="col">
                {i18n.t('Quantity')}
              </th>
              <th className="text-end" scope="col">
                {i18n.t('Per million')}
              </th>
              <th className="text-end" scope="col">
                {i18n.t('Cost')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rowsOf(receipt).map((row) => (
              <tr className="[&>td]:py-1.5" key={row.label}>
                <td>{row.label}</td>
                <td className="text-end">{formatNumber(row.quantity)}</td>
                <td
                  className="text-end text-muted-foreground"
                  title={i18n.t('Price since {day}', { day: formatDay(row.since) })}
                >
                  {formatUsd(row.perMillion)}
                </td>
                <td className="text-end">{formatUsd(row.cost)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="border-t font-medium [&>td]:py-1.5">
              <td>{i18n.t('Total')}</td>
              <td className="text-end">{formatNumber(receipt.quantity)}</td>
              <td />
              <td className="text-end">{formatUsd(receipt.cost_usd)}</td>
            </tr>
          </tfoot>
        </table>
      ))}
      {data?.items.some(({ estimated }) => estimated) && (
        <p className="text-muted-foreground text-xs">
          {i18n.t('Counted by Pulse, because the provider did not say how many tokens it took.')}
        </p>
      )}
    </Dialog>
  );
}
