import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answer, api } from '@/shared/api/client';
import type { User } from '@/shared/api/types';
import { confirmed } from '@/shared/confirm/confirm';
import { drafts } from '@/shared/lib/drafts';

/** Deletes the account, then all that this browser keeps of the person. */
export function useDeleteAccount({ id }: User) {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => confirmed('/settings/data?do=delete', () => answer(api.DELETE('/api/v1/users/me'))),
    onSuccess: async () => {
      await navigate({ to: '/sign-in', search: { bye: 1 } });
      client.clear();
      drafts.removeAll(`${id}.`);
      drafts.remove('sign-in.email');
    },
  });
}
