import { createFileRoute } from '@tanstack/react-router';
import { fromSearch } from '@/features/auth/from';
import { SignInPage } from '@/features/auth/sign-in-page';

export const Route = createFileRoute('/sign-in')({ validateSearch: fromSearch, component: SignInRoute });

function SignInRoute() {
  return <SignInPage from={Route.useSearch().from} />;
}
