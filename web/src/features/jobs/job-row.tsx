import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useModelName } from '@/shared/api/models';
import { problemFrom } from '@/shared/api/problem';
import type { Job } from '@/shared/api/types';
import { thumbnailOf } from '@/shared/files/attachment';
import { formatDuration, formatMoment, formatNumber, formatUsdShort } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Receipt } from '@/shared/receipt/receipt';
import { Progress } from '@/shared/ui/progress';
import { running } from './api';
import { JobActions } from './job-actions';
import { JobStatusBadge } from './job-status';
import { deliveredOf, type Made, madeOf } from './made';

export function JobRow({ job }: { job: Job }) {
  const [receipt, setReceipt] = useState(false);
  const made = madeOf(job);
  const by = jobName(job, made, useModelName(job.model));
  const name = made?.title ?? by;
  const [first] = made?.files ?? [];
  return (
    <li className="flex flex-col gap-3 border-b px-1 py-3 last:border-0">
      <div className="flex items-start gap-3">
        {first !== undefined && (
          <img
            alt=""
            className="size-11 shrink-0 rounded-md bg-muted object-cover"
            height={44}
            loading="lazy"
            src={thumbnailOf(first)}
            width={44}
          />
        )}
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <JobTitle image={first} job={job} name={name} />
            <JobStatusBadge status={job.status} />
          </div>
          <p className="flex flex-wrap gap-x-3 text-muted-foreground text-xs tabular-nums">
            {made && <span>{by}</span>}
            {facts(job).map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </p>
        </div>
        {job.cost_usd !== undefined && (
          <p className="shrink-0 leading-7 tabular-nums">{formatUsdShort(job.cost_usd)}</p>
        )}
        <JobActions job={job} name={name} onReceipt={() => setReceipt(!receipt)} />
      </div>
      {running(job.status) && job.progress > 0 && (
        <Progress label={i18n.t('Progress of {name}', { name })} value={job.progress} />
      )}
      {job.status === 'failed' && <p className="text-destructive">{problemFrom(job.error, { status: 0 }).message}</p>}
      {receipt && (
        <div className="rounded-lg border bg-card p-4">
          <Receipt jobId={job.id} />
        </div>
      )}
    </li>
  );
}

function jobName(job: Job, made: Made | undefined, model: string): string {
  const kind = made ? picturesOf(job, made) : kindName(job.type);
  return model === '' ? kind : i18n.t('{kind} by {model}', { kind, model });
}

function picturesOf({ status, result }: Job, { count }: Made): string {
  const delivered = deliveredOf({ result }) ?? count;
  return status === 'completed' && delivered < count
    ? i18n.t('{delivered} of {count} pictures', { delivered, count })
    : i18n.t('{count, plural, one {Picture} other {# pictures}}', { count });
}

function kindName(type: string): string {
  switch (type) {
    case 'chat':
      return i18n.t('Answer');
    case 'image':
      return i18n.t('Pictures');
    case 'title':
      return i18n.t('Title of a conversation');
    default:
      return type;
  }
}

const ofConversations = ['chat', 'title'];

interface JobTitleProps {
  job: Job;
  name: string;
  /** The file of the first picture that it made. */
  image: string | undefined;
}

function JobTitle({ job, name, image }: JobTitleProps) {
  if (job.type === 'image') {
    return (
      <Link
        className="line-clamp-2 min-w-0 break-words font-medium underline-offset-4 hover:underline"
        dir="auto"
        search={{ image }}
        to="/images"
      >
        {name}
      </Link>
    );
  }
  if (!ofConversations.includes(job.type) || job.subject_id === '') {
    return <span className="min-w-0 break-words font-medium">{name}</span>;
  }
  return (
    <Link
      className="line-clamp-2 min-w-0 break-words font-medium underline-offset-4 hover:underline"
      dir="auto"
      params={{ conversationId: job.subject_id }}
      to="/chat/{-$conversationId}"
    >
      {name}
    </Link>
  );
}

/** The small print: when, how long, how much. */
function facts(job: Job): string[] {
  const list = [formatMoment(job.created_at)];
  if (job.started_at !== undefined && job.finished_at !== undefined) {
    list.push(formatDuration((Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000));
  }
  if (job.usage !== undefined) {
    list.push(i18n.t('{count, plural, one {# token} other {# tokens}}', { count: job.usage.total_tokens }));
  }
  if (job.attempt > 1) {
    list.push(i18n.t('attempt {attempt}', { attempt: formatNumber(job.attempt) }));
  }
  return list;
}
