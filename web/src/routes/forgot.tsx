import { createFileRoute } from '@tanstack/react-router';
import { ForgotPage } from '@/features/auth/forgot-page';
import { fromSearch } from '@/features/auth/from';
import { authOptionsQuery } from '@/shared/api/session';

export const Route = createFileRoute('/forgot')({
  validateSearch: fromSearch,
  // Whether e-mail is sent here decides what the page is; it is there before the page.
  loader: ({ context }) => context.queryClient.prefetchQuery(authOptionsQuery),
  component: ForgotRoute,
});

function ForgotRoute() {
  return <ForgotPage from={Route.useSearch().from} />;
}
