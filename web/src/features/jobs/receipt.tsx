import { useQuery } from '@tanstack/react-query';
import type { Receipt as ReceiptData } from '@/shared/api/types';
import { formatDay, formatNumber, formatUsd } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { receiptQuery } from './api';

/** What a job cost, line by line: quantity × the price of its day. */
export function Receipt({ jobId }: { jobId: string }) {
  const { data, error, refetch } = useQuery(receiptQuery(jobId));
  if (error !== null && data === undefined) {
    return <ProblemNotice error={error} onRetry={refetch} />;
  }
  if (data === undefined) {
    return <Skeleton className="h-24" />;
  }
  if (data.items.length === 0) {
    return <p className="text-muted-foreground">{i18n.t('Nothing was booked for this job.')}</p>;
  }
  return data.items.map((receipt) => <ReceiptTable key={receipt.meter} receipt={receipt} />);
}

function lineName(label: string): string {
  const names: Record<string, string> = {
    input: i18n.t('Prompt'),
    cache_read: i18n.t('Prompt, from the cache'),
    cache_write: i18n.t('Prompt, into the cache'),
    cache_write_1h: i18n.t('Prompt, into the cache for an hour'),
    output: i18n.t('Answer'),
  };
  return names[label] ?? label;
}

function ReceiptTable({ receipt }: { receipt: ReceiptData }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={i18n.t('Receipt')} className="overflow-x-auto" tabIndex={0}>
      <table className="w-full text-sm tabular-nums">
        <thead className="text-muted-foreground text-xs">
          <tr>
            <th className="py-1 text-start font-normal">{i18n.t('What')}</th>
            <th className="py-1 text-end font-normal">{i18n.t('Tokens')}</th>
            <th className="py-1 text-end font-normal max-sm:hidden">{i18n.t('Price per million')}</th>
            <th className="py-1 text-end font-normal">{i18n.t('Cost')}</th>
          </tr>
        </thead>
        <tbody>
          {receipt.lines.map((line) => (
            <tr className="border-t" key={line.label}>
              <td className="py-1.5">
                {lineName(line.label)}
                <span className="block text-muted-foreground text-xs sm:hidden">
                  {i18n.t('{price} per million', { price: formatUsd(line.unit_price_usd_per_million) })}
                </span>
              </td>
              <td className="py-1.5 text-end">{formatNumber(line.quantity)}</td>
              <td
                className="py-1.5 text-end max-sm:hidden"
                title={i18n.t('Price since {day}', { day: formatDay(line.effective_from) })}
              >
                {formatUsd(line.unit_price_usd_per_million)}
              </td>
              <td className="py-1.5 text-end">{formatUsd(line.cost_usd)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t font-medium">
            <td className="py-1.5">{i18n.t('Total')}</td>
            <td className="py-1.5 text-end">{formatNumber(receipt.quantity)}</td>
            <td className="max-sm:hidden" />
            <td className="py-1.5 text-end">{formatUsd(receipt.cost_usd)}</td>
          </tr>
        </tfoot>
      </table>
      {receipt.estimated && (
        <p className="text-muted-foreground text-xs">{i18n.t('Counted by Pulse, because the provider did not say.')}</p>
      )}
    </section>
  );
}
