import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job, JobStatus } from '@/shared/api/types';
import { byDayGroup } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Select } from '@/shared/ui/select';
import { Skeleton } from '@/shared/ui/skeleton';
import { TopBar } from '@/shared/ui/top-bar';
import { jobsQuery } from './api';
import { JobRow } from './job-row';
import { statusName } from './job-status';
import { statuses } from './statuses';

interface JobsPageProps {
  status: JobStatus | undefined;
  onStatus: (status: JobStatus | undefined) => void;
}

/** Everything that a person has running or had made. */
export function JobsPage({ status, onStatus }: JobsPageProps) {
  return (
    <>
      <TopBar
        actions={
          <Select
            className="h-8"
            label={i18n.t('Show')}
            onChange={(value) => onStatus(statuses.find((known) => known === value))}
            options={[
              { value: 'all', label: i18n.t('All jobs') },
              ...statuses.map((value) => ({ value, label: statusName(value) })),
            ]}
            value={status ?? 'all'}
          />
        }
        title={i18n.t('Jobs')}
      />
      <div className="mx-auto w-full max-w-3xl px-4 pb-12">
        <JobList status={status} />
      </div>
    </>
  );
}

function JobList({ status }: { status: JobStatus | undefined }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(jobsQuery(status));
  if (data === undefined) {
    return error === null ? <JobsSkeleton /> : <ProblemNotice error={error} onRetry={refetch} />;
  }
  const jobs = data.pages.flatMap(({ items }) => items);
  if (jobs.length === 0) {
    return <NoJobs filtered={status !== undefined} />;
  }
  return (
    <>
      {byDayGroup(jobs, (job: Job) => job.created_at).map((group) => (
        <section key={group.name}>
          <h2 className="px-1 pt-4 pb-1 text-muted-foreground text-xs">{group.name}</h2>
          <ul>
            {group.items.map((job) => (
              <JobRow job={job} key={job.id} />
            ))}
          </ul>
        </section>
      ))}
      {error !== null && <ProblemNotice className="mt-4" error={error} onRetry={refetch} />}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} className="mt-4 w-full" onClick={() => fetchNextPage()}>
          {i18n.t('Show older jobs')}
        </Button>
      )}
    </>
  );
}

function NoJobs({ filtered }: { filtered: boolean }) {
  return (
    <div className="flex flex-col items-center gap-4 py-24 text-center">
      <div className="flex max-w-sm flex-col gap-1">
        <h2 className="font-semibold text-base">
          {filtered ? i18n.t('No job is in this state') : i18n.t('Nothing has been made yet')}
        </h2>
        <p className="text-muted-foreground">
          {i18n.t(
            'Every answer that you ask for is listed here, with what it cost. It runs on when you close the page.',
          )}
        </p>
      </div>
      <Link
        className={buttonStyle({ variant: 'primary' })}
        params={{ conversationId: undefined }}
        to="/chat/{-$conversationId}"
      >
        {i18n.t('Ask something')}
      </Link>
    </div>
  );
}

const skeletonRows = ['w-56', 'w-48', 'w-64', 'w-52', 'w-60'];

function JobsSkeleton() {
  return (
    <div aria-busy={true} aria-label={i18n.t('Loading')} className="pt-11" role="status">
      {skeletonRows.map((width) => (
        <div className="flex flex-col gap-2 border-b px-1 py-4" key={width}>
          <Skeleton className={`h-4 max-w-full ${width}`} />
          <Skeleton className="h-3 w-40" />
        </div>
      ))}
    </div>
  );
}
