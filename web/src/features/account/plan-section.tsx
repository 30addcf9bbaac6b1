import { useQuery } from '@tanstack/react-query';
import { formatDay } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { subscriptionQuery } from './queries';
import { Section } from './section';

/** What the person has subscribed to. */
export function PlanSection() {
  const { data, error, refetch } = useQuery(subscriptionQuery);
  return (
    <Section
      description={
        data?.managed_by === 'operator'
          ? i18n.t('It goes on from period to period. The administrator of this server gives you another.')
          : undefined
      }
      title={i18n.t('Plan')}
    >
      {data !== undefined && (
        <dl className="grid gap-x-8 gap-y-4 rounded-lg border p-4 sm:grid-cols-2">
          <Fact name={i18n.t('Your plan')} value={data.plan.name} />
          <Fact
            name={i18n.t('This period')}
            value={i18n.t('{start} to {end}', {
              start: formatDay(data.current_period_start),
              end: formatDay(data.current_period_end),
            })}
          />
        </dl>
      )}
      {data === undefined && error === null && (
        <div aria-busy={true} aria-label={i18n.t('Loading')} className="rounded-lg border p-4" role="status">
          <Skeleton className="h-12 w-full" />
        </div>
      )}
      {data === undefined && error !== null && <ProblemNotice error={error} onRetry={refetch} />}
    </Section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="font-medium tabular-nums">{value}</dd>
    </div>
  );
}
