import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { isLast, type JobEvent } from '@/shared/stream/events';
import { followJob } from '@/shared/stream/follow';
import { changeJob, lookAgain } from './cache';
import { withEvent } from './tiles';

/** Follows a job that runs: each picture shows when it is there. It shows nothing itself. */
export function Follow({ jobId }: { jobId: string }) {
  const client = useQueryClient();
  useEffect(() => {
    const away = new AbortController();
    const onEvent = (event: JobEvent) => {
      changeJob(client, jobId, (job) => withEvent(job, event));
      if (isLast(event)) {
        lookAgain(client); // it has a cost now
      }
    };
    // The shell says when the server is out of reach.
    followJob({ jobId }, { onEvent, onLine: () => undefined }, away.signal).catch(() => {
      if (!away.signal.aborted) {
        lookAgain(client); // the server knows no more of it
      }
    });
    return () => away.abort();
  }, [client, jobId]);
  return null;
}
