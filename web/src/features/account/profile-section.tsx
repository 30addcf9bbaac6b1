import { useQuery } from '@tanstack/react-query';
import { useUser } from '@/shared/api/session';
import { usageQuery } from '@/shared/api/usage';
import { formatDay } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';
import { Skeleton } from '@/shared/ui/skeleton';
import { Avatar } from './avatar';
import { EmailRow } from './email-row';
import { NameForm } from './name-form';
import { Section } from './section';

export function ProfileSection() {
  const user = useUser();
  return (
    <Section title={i18n.t('Profile')}>
      <div className="flex items-center gap-4">
        <Avatar user={user} />
        <div className="flex min-w-0 flex-col gap-1">
          <p className="truncate font-medium" dir="auto">
            {user.full_name || user.email}
          </p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted-foreground">
            {i18n.t('Member since {day}', { day: formatDay(user.created_at) })}
            <PlanBadge />
            {user.is_admin && <Badge>{i18n.t('Administrator')}</Badge>}
          </p>
        </div>
      </div>
      <NameForm key={user.id} user={user} />
      <EmailRow user={user} />
    </Section>
  );
}

function PlanBadge() {
  const { data, error } = useQuery(usageQuery);
  if (data !== undefined) {
    return <Badge tone="accent">{data.plan.name}</Badge>;
  }
  return error === null ? <Skeleton className="h-5 w-14" /> : null;
}
