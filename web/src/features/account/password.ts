import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { sessionKey } from '@/shared/api/session';
import type { User } from '@/shared/api/types';
import { confirmed } from '@/shared/confirm/confirm';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { sessionsQuery } from './queries';

export const minPassword = 8;

interface Passwords {
  /** Absent where there is none yet. */
  current_password?: string;
  password: string;
}

/** Sets the password; all other sessions end by it. */
export function useSetPassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Passwords) =>
      confirmed('/settings/security?do=password', () => answer(api.PUT('/api/v1/users/me/password', { body }))),
    onSuccess: (_nothing, { current_password: before }) => {
      client.setQueryData<User>(sessionKey, (user) => user && { ...user, has_password: true });
      void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      toast({
        title: before === undefined ? i18n.t('Your password is set') : i18n.t('Your password is changed'),
        description: i18n.t('All other sessions have ended.'),
      });
    },
  });
}
