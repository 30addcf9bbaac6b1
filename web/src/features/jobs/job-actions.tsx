import { CircleStop, Ellipsis, ReceiptText, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { Job } from '@/shared/api/types';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Confirm } from '@/shared/ui/confirm';
import { Menu, MenuItem, MenuSeparator } from '@/shared/ui/menu';
import { toast } from '@/shared/ui/toast';
import { running, useCancelJob, useDeleteJob, useRetryJob } from './api';

interface JobActionsProps {
  job: Job;
  /** What a person would call the job. */
  name: string;
  onReceipt: () => void;
}

/** What can be done with a job in its state. */
export function JobActions({ job, name, onReceipt }: JobActionsProps) {
  const [asking, setAsking] = useState(false);
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const remove = useDeleteJob();
  const failed = (title: string) => (error: unknown) =>
    toast({ title, description: asProblem(error).message, error: true });
  const isRunning = running(job.status);

  return (
    <>
      {isRunning && (
        <Button
          aria-label={i18n.t('Cancel {name}', { name })}
          busy={cancel.isPending}
          onClick={() => cancel.mutate(job.id, { onError: failed(i18n.t('It was not cancelled')) })}
          size="small"
        >
          <CircleStop aria-hidden={true} />
          {i18n.t('Cancel')}
        </Button>
      )}
      {!isRunning && (
        <Menu
          trigger={
            <Button aria-label={i18n.t('Actions for {name}', { name })} size="icon-small" variant="ghost">
              <Ellipsis aria-hidden={true} />
            </Button>
          }
        >
          <MenuItem onClick={onReceipt}>
            <ReceiptText aria-hidden={true} />
            {i18n.t('Receipt')}
          </MenuItem>
          {job.status !== 'completed' && job.type !== 'title' && (
            <MenuItem
              onClick={() =>
                retry.mutate(job.id, {
                  onSuccess: () => toast({ title: i18n.t('Started again, as a new job') }),
                  onError: failed(i18n.t('It was not started again')),
                })
              }
            >
              <RotateCw aria-hidden={true} />
              {i18n.t('Try again')}
            </MenuItem>
          )}
          <MenuSeparator />
          <MenuItem destructive={true} onClick={() => setAsking(true)}>
            <Trash2 aria-hidden={true} />
            {i18n.t('Delete')}
          </MenuItem>
        </Menu>
      )}
      <Confirm
        action={i18n.t('Delete')}
        busy={remove.isPending}
        description={i18n.t('The job and its files are removed. Its line in the books stays.')}
        onConfirm={() =>
          remove.mutate(job.id, {
            onSuccess: () => setAsking(false),
            onError: failed(i18n.t('It was not deleted')),
          })
        }
        onOpenChange={setAsking}
        open={asking}
        title={i18n.t('Delete “{name}”?', { name })}
      />
    </>
  );
}
