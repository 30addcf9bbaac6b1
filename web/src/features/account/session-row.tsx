import { Monitor, Smartphone, Terminal } from 'lucide-react';
import { answer, api } from '@/shared/api/client';
import { useSignOut } from '@/shared/api/sign-out';
import { confirmed } from '@/shared/confirm/confirm';
import { formatDay } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';
import { Button } from '@/shared/ui/button';
import { LastUsed } from './last-used';
import { sessionsQuery } from './queries';
import { Row } from './row';
import type { Session } from './types';
import { useRemoval } from './use-removal';

const handheld = /iphone|ipad|android|mobile/iu;

function iconOf({ kind, device }: Session) {
  if (kind === 'program') {
    return Terminal;
  }
  return handheld.test(device) ? Smartphone : Monitor;
}

function nameOf({ kind, device }: Session): string {
  if (device !== '') {
    return device;
  }
  return kind === 'program' ? i18n.t('A program') : i18n.t('A browser');
}

export function SessionRow({ session }: { session: Session }) {
  const Icon = iconOf(session);
  const name = nameOf(session);
  const signOut = useSignOut();
  const end = useRemoval<Session>({
    queryKey: sessionsQuery.queryKey,
    remove: ({ id }) =>
      confirmed('/settings/security', () =>
        answer(api.DELETE('/api/v1/users/me/sessions/{id}', { params: { path: { id } } })),
      ),
    failed: (it) => i18n.t('The session of {device} goes on', { device: nameOf(it) }),
    removed: (it) => i18n.t('The session of {device} has ended', { device: nameOf(it) }),
  });
  return (
    <Row
      action={
        session.current ? (
          <Button onClick={signOut} size="small">
            {i18n.t('Sign out')}
          </Button>
        ) : (
          <Button
            aria-label={i18n.t('End the session of {device}', { device: name })}
            onClick={() => end(session)}
            size="small"
          >
            {i18n.t('End')}
          </Button>
        )
      }
      facts={[
        session.address,
        i18n.t('Signed in {day}', { day: formatDay(session.created_at) }),
        !session.current && <LastUsed at={session.last_used_at} key="use" />,
      ].filter(Boolean)}
      icon={<Icon />}
      title={
        <>
          <span className="wrap-anywhere">{name}</span>
          {session.current && <Badge tone="accent">{i18n.t('This device')}</Badge>}
          {session.kind === 'program' && <Badge>{i18n.t('Token')}</Badge>}
        </>
      }
    />
  );
}
