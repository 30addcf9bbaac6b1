import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { routeTree } from '@/routeTree.gen';
import { newQueryClient } from '@/shared/api/query-client';
import { sessionKey } from '@/shared/api/session';
import { ErrorPage } from './error-page';
import { NotFoundPage } from './not-found-page';

/** What every route's loader is given. */
export interface RouterContext {
  queryClient: QueryClient;
}

export const queryClient: QueryClient = newQueryClient(signedOut);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0, // the query cache knows what is fresh
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

/** Leads to the sign-in page, and from there back to where one was. */
function signedOut(): void {
  queryClient.removeQueries({ queryKey: sessionKey });
  const { href, pathname } = router.state.location;
  if (pathname !== '/sign-in' && pathname !== '/register') {
    router.navigate({ to: '/sign-in', search: { from: href } });
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
