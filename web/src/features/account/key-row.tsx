import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { answer, api } from '@/shared/api/client';
import { confirmed } from '@/shared/confirm/confirm';
import { formatDay, formatDaysUntil } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';
import { Button } from '@/shared/ui/button';
import { Confirm } from '@/shared/ui/confirm';
import { LastUsed } from './last-used';
import { keysQuery } from './queries';
import { Row } from './row';
import { scopeNames } from './scopes';
import type { Key } from './types';
import { useRemoval } from './use-removal';

const soonMs = 7 * 86_400_000;

export function KeyRow({ apiKey }: { apiKey: Key }) {
  const [asking, setAsking] = useState(false);
  const { name, hint } = apiKey;
  const revoke = useRemoval<Key>({
    queryKey: keysQuery.queryKey,
    remove: ({ id }) =>
      confirmed('/settings/keys', () => answer(api.DELETE('/api/v1/users/me/keys/{id}', { params: { path: { id } } }))),
    failed: (it) => i18n.t('“{name}” still works', { name: it.name }),
    removed: (it) => i18n.t('“{name}” is revoked', { name: it.name }),
  });
  return (
    <>
      <Row
        action={
          <Button aria-label={i18n.t('Revoke “{name}”', { name })} onClick={() => setAsking(true)} size="small">
            {i18n.t('Revoke')}
          </Button>
        }
        facts={[
          scopeNames(apiKey.scopes),
          i18n.t('Created {day}', { day: formatDay(apiKey.created_at) }),
          <LastUsed at={apiKey.last_used_at} key="use" />,
          expiryOf(apiKey),
        ]}
        icon={<KeyRound />}
        title={
          <>
            <span className="wrap-anywhere" dir="auto">
              {name}
            </span>
            <code className="font-mono font-normal text-muted-foreground text-xs" dir="ltr">
              {i18n.t('…{hint}', { hint })}
            </code>
            <ExpiryBadge at={apiKey.expires_at} />
          </>
        }
      />
      <Confirm
        action={i18n.t('Revoke')}
        description={i18n.t('What uses it is refused from that moment on. This cannot be undone.')}
        onConfirm={() => {
          setAsking(false);
          revoke(apiKey);
        }}
        onOpenChange={setAsking}
        open={asking}
        title={i18n.t('Revoke “{name}”?', { name })}
      />
    </>
  );
}

function expiryOf({ expires_at: at }: Key): string {
  if (at === null || at === undefined) {
    return i18n.t('Never expires');
  }
  const day = formatDay(at);
  return Date.parse(at) <= Date.now() ? i18n.t('Expired {day}', { day }) : i18n.t('Expires {day}', { day });
}

function ExpiryBadge({ at }: { at: string | null | undefined }) {
  if (at === null || at === undefined) {
    return null;
  }
  const left = Date.parse(at) - Date.now();
  if (left <= 0) {
    return <Badge tone="destructive">{i18n.t('Expired')}</Badge>;
  }
  return left < soonMs ? <Badge tone="warning">{i18n.t('Expires {when}', { when: formatDaysUntil(at) })}</Badge> : null;
}
