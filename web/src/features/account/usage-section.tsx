import { useQuery } from '@tanstack/react-query';
import type { MeterState } from '@/shared/api/types';
import { usageQuery } from '@/shared/api/usage';
import { formatDay, formatNumber, formatPercent } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Progress } from '@/shared/ui/progress';
import { Skeleton } from '@/shared/ui/skeleton';
import { Section } from './section';

export function UsageSection() {
  const { data, error, refetch } = useQuery(usageQuery);
  return (
    <Section title={i18n.t('Plan and usage')}>
      {data !== undefined && (
        <>
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Badge tone="accent">{data.plan.name}</Badge>
            <span className="text-muted-foreground">
              {i18n.t('The counters start anew on {day}.', { day: formatDay(data.period.end) })}
            </span>
          </p>
          {data.meters.map((state) => (
            <Meter key={state.meter} state={state} />
          ))}
        </>
      )}
      {data === undefined && error === null && (
        <>
          <Skeleton className="h-6 w-64" />
          <Skeleton className="h-16" />
        </>
      )}
      {data === undefined && error !== null && <ProblemNotice error={error} onRetry={refetch} />}
    </Section>
  );
}

const nearlyFull = 80;

function meterName(meter: string): string {
  switch (meter) {
    case 'tokens':
      return i18n.t('Tokens');
    default:
      return meter;
  }
}

function Meter({ state }: { state: MeterState }) {
  const name = meterName(state.meter);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-medium">{name}</h3>
        <p className="text-muted-foreground tabular-nums">
          {i18n.t('{used} of {limit} ({percent})', {
            used: formatNumber(state.used),
            limit: formatNumber(state.limit),
            percent: formatPercent(state.percent),
          })}
        </p>
      </div>
      <Progress label={i18n.t('{name} used', { name })} value={state.percent} warn={state.percent >= nearlyFull} />
      <p className="text-muted-foreground text-xs tabular-nums">
        {state.reserved > 0
          ? i18n.t('{remaining} left; {reserved} set aside for what is running', {
              remaining: formatNumber(state.remaining),
              reserved: formatNumber(state.reserved),
            })
          : i18n.t('{remaining} left', { remaining: formatNumber(state.remaining) })}
      </p>
    </div>
  );
}
