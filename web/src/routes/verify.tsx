import { createFileRoute } from '@tanstack/react-router';
import { VerifyPage } from '@/features/auth/verify-page';
import { authOptionsQuery } from '@/shared/api/session';

export const Route = createFileRoute('/verify')({
  loader: ({ context }) => context.queryClient.prefetchQuery({ ...authOptionsQuery, staleTime: 0 }),
  component: VerifyPage,
});
