import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { sessionKey } from '@/shared/api/session';
import { confirmed } from '@/shared/confirm/confirm';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';

const accepted = 202;

/**
 * Asks for another e-mail. Where the server can send, the address changes only
 * by the link that it sends there: then `byLink` is true.
 */
export function useChangeEmail() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (email: string) =>
      confirmed('/settings?do=email', async () => {
        const { response } = await api.POST('/api/v1/users/me/email', { body: { email } });
        return { byLink: response.status === accepted };
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionKey }),
  });
}

export function useSendLink(email: string) {
  return useMutation({
    mutationFn: () => answer(api.POST('/api/v1/users/me/verification')),
    onSuccess: () => toast({ title: i18n.t('A link is on its way to {email}', { email }) }),
    onError: (error) =>
      toast({ title: i18n.t('The link was not sent'), description: asProblem(error).message, error: true }),
  });
}
