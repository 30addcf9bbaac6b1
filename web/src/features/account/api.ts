import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { sessionKey } from '@/shared/api/session';

export function useRename() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (fullName: string) => answer(api.PATCH('/api/v1/users/me', { body: { full_name: fullName } })),
    onSuccess: (user) => queryClient.setQueryData(sessionKey, user),
  });
}
