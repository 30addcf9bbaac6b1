import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { answer, api } from './client';
import { asProblem } from './problem';

/** Ends the session on the server, then forgets everything here but the drafts. */
export function useSignOut(): () => void {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/auth/logout')),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      queryClient.clear();
    },
    onError: (error) =>
      toast({ title: i18n.t('You are still signed in'), description: asProblem(error).message, error: true }),
  });
  return mutate;
}
