import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { confirmed } from '@/shared/confirm/confirm';
import { keysQuery } from './queries';
import type { Scope } from './types';

interface Wanted {
  name: string;
  scopes: Scope[];
  expires_at?: string;
}

/** Makes an API key. The answer is the only time that anybody sees it, so nothing caches it. */
export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Wanted) =>
      confirmed('/settings/keys?do=key', () => answer(api.POST('/api/v1/users/me/keys', { body }))),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
    gcTime: 0,
  });
}
