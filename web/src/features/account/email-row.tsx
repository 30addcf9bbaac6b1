import { useQuery } from '@tanstack/react-query';
import { BadgeCheck } from 'lucide-react';
import { useState } from 'react';
import { authOptionsQuery, sessionQuery } from '@/shared/api/session';
import type { User } from '@/shared/api/types';
import { later } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';
import { Button } from '@/shared/ui/button';
import { useSendLink } from './email';
import { useAct } from './use-act';

const dialog = later(() => import('./email-dialog'));

export function EmailRow({ user }: { user: User }) {
  const { data: options } = useQuery(authOptionsQuery);
  const { parts, begin, props } = useAct('email', dialog);
  const [sentTo, setSentTo] = useState<string>();
  const link = useSendLink(user.email);
  const sends = options?.mail === true;
  // The link may be opened in another tab, or on another device.
  useQuery({ ...sessionQuery, staleTime: 0, enabled: sends && (!user.is_verified || sentTo !== undefined) });
  return (
    <div className="flex max-w-md flex-col gap-1.5">
      <h3 className="font-medium">{i18n.t('E-mail')}</h3>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-all" dir="ltr">
            {user.email}
          </span>
          {user.is_verified && (
            <Badge tone="success">
              <BadgeCheck aria-hidden={true} />
              {i18n.t('Verified')}
            </Badge>
          )}
          {!user.is_verified && sends && <Badge tone="warning">{i18n.t('Not verified')}</Badge>}
        </p>
        <div className="flex flex-wrap gap-2">
          <Button onClick={begin} size="small">
            {i18n.t('Change e-mail')}
          </Button>
          {!user.is_verified && sends && (
            <Button busy={link.isPending} onClick={() => link.mutate()} size="small" variant="ghost">
              {i18n.t('Send the link again')}
            </Button>
          )}
        </div>
      </div>
      {sentTo !== undefined && sentTo !== user.email && (
        <p className="text-muted-foreground" role="status">
          {i18n.t('A link is on its way to {email}. Your e-mail changes when you open it.', { email: sentTo })}
        </p>
      )}
      {parts !== undefined && <parts.EmailDialog {...props} onSent={setSentTo} user={user} />}
    </div>
  );
}
