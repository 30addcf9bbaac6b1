import { queryOptions, useQuery } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import type { Receipt as ReceiptData } from '@/shared/api/types';
import { formatDay, formatNumber, formatUsd } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { rowsOf, tokensOf, totalOf } from './rows';

/** What the books say of a job that has ended. */
const receiptQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['receipt', jobId],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/jobs/{id}/receipt', { signal, params: { path: { id: jobId } } })),
    staleTime: Number.POSITIVE_INFINITY, // books do not change
  });

/** What a job cost, line by line: tokens times the price of the day. */
export function Receipt({ jobId }: { jobId: string }) {
  const { data, error, refetch } = useQuery(receiptQuery(jobId));
  if (data === undefined) {
    return error === null ? (
      <Skeleton className="h-24 w-full" />
    ) : (
      <ProblemNotice error={error} onRetry={() => void refetch()} />
    );
  }
  if (data.items.length === 0) {
    return <p className="text-muted-foreground text-sm">{i18n.t('Nothing was charged for this.')}</p>;
  }
  return data.items.map((receipt) => <ReceiptTable key={receipt.meter} receipt={receipt} />);
}

/** On a phone, a line's price stands below its name: the cost is what one looks for. */
function ReceiptTable({ receipt }: { receipt: ReceiptData }) {
  return (
    <div className="flex flex-col gap-2">
      <table className="w-full text-sm tabular-nums [&_td]:py-1.5 [&_th]:py-1.5 [&_th]:font-normal">
        <thead className="text-muted-foreground text-xs">
          <tr className="border-b">
            <th className="text-start" scope="col">
              {i18n.t('What')}
            </th>
            <th className="text-end" scope="col">
              {i18n.t('Tokens')}
            </th>
            <th className="text-end max-sm:hidden" scope="col">
              {i18n.t('Per million')}
            </th>
            <th className="text-end" scope="col">
              {i18n.t('Cost')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(receipt).map((row) => {
            const price = formatUsd(row.perMillion);
            return (
              <tr className="align-top" key={row.label}>
                <td>
                  {row.label}
                  <span className="block text-muted-foreground text-xs sm:hidden">
                    {i18n.t('{price} per million', { price })}
                  </span>
                </td>
                <td className="text-end">{formatNumber(row.quantity)}</td>
                <td
                  className="text-end text-muted-foreground max-sm:hidden"
                  title={i18n.t('Price since {day}', { day: formatDay(row.since) })}
                >
                  {price}
                </td>
                <td className="text-end">{formatUsd(row.cost)}</td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr className="border-t font-medium">
            <td>{totalOf(receipt)}</td>
            <td className="text-end">{formatNumber(tokensOf(receipt))}</td>
            <td className="max-sm:hidden" />
            <td className="text-end">{formatUsd(receipt.cost_usd)}</td>
          </tr>
        </tfoot>
      </table>
      {receipt.estimated && (
        <p className="text-muted-foreground text-xs">
          {i18n.t('Counted by Pulse, because the provider did not say how many tokens it took.')}
        </p>
      )}
    </div>
  );
}
