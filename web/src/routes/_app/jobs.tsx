import { createFileRoute } from '@tanstack/react-router';
import { statuses } from '@/features/jobs/job-status';
import { JobsPage } from '@/features/jobs/jobs-page';
import type { JobStatus } from '@/shared/api/types';

export const Route = createFileRoute('/_app/jobs')({
  validateSearch: (search): { status?: JobStatus } => {
    const status = statuses.find((known) => known === search.status);
    return status === undefined ? {} : { status };
  },
  component: JobsRoute,
});

function JobsRoute() {
  const { status } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <JobsPage
      onStatus={(next) => navigate({ search: next === undefined ? {} : { status: next }, replace: true })}
      status={status}
    />
  );
}
