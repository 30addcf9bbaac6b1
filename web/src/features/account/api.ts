import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { sessionKey } from '@/shared/api/session';

/** Quota moves with every answer, so it is asked for anew whenever it is looked at. */
export const usageQuery = queryOptions({
  queryKey: ['account', 'usage'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/users/me/usage', { signal })),
  staleTime: 0,
});

export function useRename() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (fullName: string) => answer(api.PATCH('/api/v1/users/me', { body: { full_name: fullName } })),
    onSuccess: (user) => queryClient.setQueryData(sessionKey, user),
  });
}
