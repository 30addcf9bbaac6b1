import { Ban, Check, CircleDashed, Loader, X } from 'lucide-react';
import type { JobStatus } from '@/shared/api/types';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';

export function statusName(status: JobStatus): string {
  const names: Record<JobStatus, string> = {
    pending: i18n.t('Waiting'),
    processing: i18n.t('Running'),
    completed: i18n.t('Completed'),
    failed: i18n.t('Failed'),
    cancelled: i18n.t('Cancelled'),
  };
  return names[status];
}

const looks = {
  pending: { tone: 'neutral', icon: CircleDashed },
  processing: { tone: 'accent', icon: Loader },
  completed: { tone: 'success', icon: Check },
  failed: { tone: 'destructive', icon: X },
  cancelled: { tone: 'neutral', icon: Ban },
} as const;

export function JobStatusBadge({ status }: { status: JobStatus }) {
  const { tone, icon: Icon } = looks[status];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden={true} />
      {statusName(status)}
    </Badge>
  );
}
