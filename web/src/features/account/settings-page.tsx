import { useSignOut } from '@/shared/api/sign-out';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { TopBar } from '@/shared/ui/top-bar';
import { AskingSection } from './asking-section';
import { ProfileSection } from './profile-section';
import { Section } from './section';
import { ThemeSection } from './theme-section';
import { UsageSection } from './usage-section';

export function SettingsPage() {
  const signOut = useSignOut();
  return (
    <>
      <TopBar title={i18n.t('Settings')} />
      <div className="mx-auto w-full max-w-2xl px-4 pb-12">
        <ProfileSection />
        <ThemeSection />
        <AskingSection />
        <UsageSection />
        <Section
          description={i18n.t(
            'Ends this session on the server. What you have typed and not sent stays in this browser.',
          )}
          title={i18n.t('Session')}
        >
          <Button className="self-start" onClick={signOut}>
            {i18n.t('Sign out')}
          </Button>
        </Section>
      </div>
    </>
  );
}
