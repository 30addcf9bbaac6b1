import { createFileRoute, redirect } from '@tanstack/react-router';
import { signInSearch } from '@/features/auth/from';
import { SignInPage } from '@/features/auth/sign-in-page';
import { authOptionsQuery } from '@/shared/api/session';

export const Route = createFileRoute('/sign-in')({
  validateSearch: signInSearch,
  loaderDeps: ({ search: { from } }) => (from === undefined ? {} : { from }),
  // On a fresh server there is nobody who could sign in.
  loader: async ({ context, deps }) => {
    const options = await context.queryClient.ensureQueryData(authOptionsQuery).catch(() => undefined);
    if (options?.first_account === true) {
      throw redirect({ to: '/register', search: deps, replace: true });
    }
  },
  component: SignInRoute,
});

function SignInRoute() {
  return <SignInPage {...Route.useSearch()} />;
}
