import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { answer, api } from '@/shared/api/client';
import { sessionKey } from '@/shared/api/session';
import type { User } from '@/shared/api/types';
import { drafts } from '@/shared/lib/drafts';

/** Where the e-mail is kept for the next time. */
export const emailDraft = 'sign-in.email';

interface Credentials {
  email: string;
  password: string;
}

export interface Registration extends Credentials {
  full_name: string;
}

// A wrong password is a 401 too; it must not be taken for the end of a session.
const meta = { mayBeSignedOut: true };

export function useSignIn(from: string | undefined) {
  const welcome = useWelcome(from);
  return useMutation({
    meta,
    mutationFn: (body: Credentials) => answer(api.POST('/api/v1/auth/login', { body })),
    onSuccess: welcome,
  });
}

export function useRegister(from: string | undefined) {
  const welcome = useWelcome(from);
  return useMutation({
    meta,
    mutationFn: (body: Registration) => answer(api.POST('/api/v1/auth/register', { body })),
    onSuccess: welcome,
  });
}

/** What follows when a session was opened: nothing of another person's is left, and one is back where one was. */
function useWelcome(from = '/') {
  const router = useRouter();
  const queryClient = useQueryClient();
  return (user: User) => {
    drafts.write(emailDraft, user.email);
    queryClient.clear();
    queryClient.setQueryData(sessionKey, user);
    router.history.push(from);
  };
}
