import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { sessionKey } from '@/shared/api/session';
import type { User } from '@/shared/api/types';

/** Gives the person another name, which shows at once. */
export function useRename() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fullName: string) => answer(api.PATCH('/api/v1/users/me', { body: { full_name: fullName } })),
    onMutate: (fullName) => {
      const before = client.getQueryData<User>(sessionKey);
      client.setQueryData<User>(sessionKey, (user) => user && { ...user, full_name: fullName });
      return before;
    },
    onSuccess: (user) => client.setQueryData(sessionKey, user),
    onError: (_error, _name, before) => client.setQueryData(sessionKey, before),
  });
}
