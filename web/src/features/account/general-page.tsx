import { useSignOut } from '@/shared/api/sign-out';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { AskingSection } from './asking-section';
import { ProfileSection } from './profile-section';
import { Section } from './section';
import { ThemeSection } from './theme-section';

/** Who the person is, and how the page behaves for them. */
export function GeneralPage() {
  const signOut = useSignOut();
  return (
    <>
      <ProfileSection />
      <ThemeSection />
      <AskingSection />
      <Section
        action={<Button onClick={signOut}>{i18n.t('Sign out')}</Button>}
        description={i18n.t('Ends this session on the server. What you have typed and not sent stays in this browser.')}
        title={i18n.t('Session')}
      />
    </>
  );
}
