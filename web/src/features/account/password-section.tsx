import { useUser } from '@/shared/api/session';
import { later } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Section } from './section';
import { useAct } from './use-act';

const dialog = later(() => import('./password-dialog'));

export function PasswordSection() {
  const user = useUser();
  const { parts, begin, props } = useAct('password', dialog);
  return (
    <Section
      action={
        <Button onClick={begin}>{user.has_password ? i18n.t('Change the password') : i18n.t('Set a password')}</Button>
      }
      description={
        user.has_password
          ? i18n.t('A new password ends all other sessions.')
          : i18n.t('You have none. With one, you can sign in by your e-mail too.')
      }
      title={i18n.t('Password')}
    >
      {parts !== undefined && <parts.PasswordDialog {...props} user={user} />}
    </Section>
  );
}
