import { i18n } from '@/shared/lib/text';
import { Field } from '@/shared/ui/field';
import { PasswordInput } from '@/shared/ui/password-input';
import { minPassword } from './checks';

interface NewPasswordFieldProps {
  label: string;
  error: string | undefined;
}

/** A password that is being thought of. A password manager may, too. */
export function NewPasswordField({ label, error }: NewPasswordFieldProps) {
  return (
    <Field
      error={error}
      hint={i18n.t('At least {count} characters; a sentence is easy to remember.', { count: minPassword })}
      label={label}
    >
      <PasswordInput autoComplete="new-password" name="password" />
    </Field>
  );
}
