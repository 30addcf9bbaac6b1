import { createFileRoute } from '@tanstack/react-router';
import { JobsPage } from '@/features/jobs/jobs-page';
import { statuses } from '@/features/jobs/statuses';
import type { JobStatus } from '@/shared/api/types';

export const Route = createFileRoute('/_app/jobs')({
  // The router keeps what it is not told to drop.
  validateSearch: (search): { status?: JobStatus | undefined } => ({
    status: statuses.find((known) => known === search.status),
  }),
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
