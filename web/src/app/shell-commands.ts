import { useNavigate } from '@tanstack/react-router';
import { useSignOut } from '@/shared/api/sign-out';
import { useCommands } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { setTheme } from '@/shared/lib/theme';

interface Overlays {
  openPalette: () => void;
  openHelp: () => void;
}

/** What can be done from every page. */
export function useShellCommands({ openPalette, openHelp }: Overlays): void {
  const navigate = useNavigate();
  const signOut = useSignOut();
  const go = i18n.t('Go to');
  const general = i18n.t('General');
  const theme = i18n.t('Theme');
  useCommands([
    { id: 'palette', label: i18n.t('Command palette'), group: general, keys: 'mod+k', run: openPalette, hidden: true },
    {
      id: 'chat.new',
      label: i18n.t('New chat'),
      group: i18n.t('Chat'),
      keys: 'mod+shift+o',
      run: () => navigate({ to: '/chat/{-$conversationId}', params: { conversationId: undefined } }),
    },
    { id: 'go.images', label: i18n.t('Images'), group: go, run: () => navigate({ to: '/images' }) },
    { id: 'go.jobs', label: i18n.t('Jobs'), group: go, run: () => navigate({ to: '/jobs' }) },
    { id: 'go.settings', label: i18n.t('Settings'), group: go, run: () => navigate({ to: '/settings' }) },
    { id: 'go.docs', label: i18n.t('API documentation'), group: go, run: () => location.assign('/docs') },
    { id: 'theme.system', label: i18n.t('Theme: as the system'), group: theme, run: () => setTheme('system') },
    { id: 'theme.light', label: i18n.t('Theme: light'), group: theme, run: () => setTheme('light') },
    { id: 'theme.dark', label: i18n.t('Theme: dark'), group: theme, run: () => setTheme('dark') },
    { id: 'help', label: i18n.t('Keyboard shortcuts'), group: general, keys: '?', run: openHelp },
    { id: 'sign-out', label: i18n.t('Sign out'), group: general, run: signOut },
  ]);
}
