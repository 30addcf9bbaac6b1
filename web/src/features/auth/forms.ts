import * as z from 'zod/mini';
import { i18n } from '@/shared/lib/text';

z.config({ jitless: true }); // zod's probe for `eval` would trip the CSP

const email = z.string().check(z.trim(), z.minLength(1, i18n.t('Enter your e-mail address.')));

export const minPassword = 8;

/** What is checked before the server is asked; what only it can know, it says at the field. */
export const signInForm = z.object({
  email,
  password: z.string().check(z.minLength(1, i18n.t('Enter your password.'))),
});

export const registerForm = z.object({
  full_name: z.string().check(z.trim(), z.minLength(1, i18n.t('Enter the name that Pulse should call you by.'))),
  email,
  password: z
    .string()
    .check(z.minLength(minPassword, i18n.t('Use at least {count} characters.', { count: minPassword }))),
});

export type SignInForm = z.infer<typeof signInForm>;
export type RegisterForm = z.infer<typeof registerForm>;
