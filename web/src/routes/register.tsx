import { createFileRoute } from '@tanstack/react-router';
import { fromSearch } from '@/features/auth/from';
import { RegisterPage } from '@/features/auth/register-page';
import { authOptionsQuery } from '@/shared/api/session';

export const Route = createFileRoute('/register')({
  validateSearch: fromSearch,
  loader: ({ context }) => context.queryClient.prefetchQuery(authOptionsQuery),
  component: RegisterRoute,
});

function RegisterRoute() {
  return <RegisterPage from={Route.useSearch().from} />;
}
