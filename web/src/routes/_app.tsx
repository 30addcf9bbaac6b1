import { createFileRoute, redirect } from '@tanstack/react-router';
import { Shell } from '@/app/shell';
import { ShellSkeleton } from '@/app/shell-skeleton';
import { Problem } from '@/shared/api/problem';
import { sessionQuery } from '@/shared/api/session';

/** The layout of every page that needs a signed-in user. */
export const Route = createFileRoute('/_app')({
  // In the loader, not before it: so the page's code loads while the session is asked for.
  loader: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: '/sign-in', search: { from: location.href } });
      }
      throw error;
    }
  },
  pendingMs: 0,
  pendingComponent: ShellSkeleton,
  component: Shell,
});
