import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '@/shared/api/usage';
import { formatDay, formatDaysUntil } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { Meter } from './meter';
import { PlanSection } from './plan-section';
import { Section } from './section';

/** The plan, and what of it is used. */
export function UsagePage() {
  return (
    <>
      <PlanSection />
      <MetersSection />
    </>
  );
}

function MetersSection() {
  const { data, error, refetch } = useQuery(usageQuery);
  return (
    <Section
      description={
        data === undefined ? (
          <Skeleton className="my-1 h-4 w-64 max-w-full" />
        ) : (
          i18n.t('Starts anew on {day}, {when}.', {
            day: formatDay(data.period.end),
            when: formatDaysUntil(data.period.end),
          })
        )
      }
      title={i18n.t('Usage')}
    >
      {data?.meters.map((state) => (
        <Meter key={state.meter} state={state} />
      ))}
      {data === undefined && error === null && (
        <div aria-busy={true} aria-label={i18n.t('Loading')} className="flex flex-col gap-3" role="status">
          <Skeleton className="h-5 w-full" />
          <Skeleton className="h-2 w-full" />
          <Skeleton className="h-4 w-72 max-w-full" />
        </div>
      )}
      {data === undefined && error !== null && <ProblemNotice error={error} onRetry={refetch} />}
    </Section>
  );
}
