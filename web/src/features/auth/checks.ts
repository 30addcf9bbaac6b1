import { i18n } from '@/shared/lib/text';

export const minPassword = 8;

// What is checked before the server is asked; what only it can know, it says at the field.

export function email(value: string): string | undefined {
  return value.trim() === '' ? i18n.t('Enter your e-mail address.') : undefined;
}

export function name(value: string): string | undefined {
  return value.trim() === '' ? i18n.t('Enter the name that Pulse should call you by.') : undefined;
}

export function password(value: string): string | undefined {
  return value === '' ? i18n.t('Enter your password.') : undefined;
}

export function newPassword(value: string): string | undefined {
  return value.length < minPassword ? i18n.t('Use at least {count} characters.', { count: minPassword }) : undefined;
}
