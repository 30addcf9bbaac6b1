import { createFileRoute } from '@tanstack/react-router';
import { fromSearch } from '@/features/auth/from';
import { RegisterPage } from '@/features/auth/register-page';

export const Route = createFileRoute('/register')({ validateSearch: fromSearch, component: RegisterRoute });

function RegisterRoute() {
  return <RegisterPage from={Route.useSearch().from} />;
}
