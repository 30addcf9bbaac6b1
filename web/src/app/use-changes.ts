import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { lookAgain, lookAgainAtAll, lookAgainAtFirst } from '@/features/chat/look-again';
import { jobsKey } from '@/shared/api/jobs';
import { authOptionsQuery, sessionKey } from '@/shared/api/session';
import { usageQuery } from '@/shared/api/usage';

/** Keeps what is shown like what the server has, whichever tab or device changed it. */
export function useChanges(): void {
  const client = useQueryClient();
  useEffect(() => {
    const gone = new AbortController();
    let began = false;
    const hearer = {
      onBegin: () => {
        if (!began) {
          began = true;
          lookAgainAtFirst(client);
          // A job that began elsewhere between the list and the feed.
          void client.invalidateQueries({ queryKey: jobsKey });
          return;
        }
        lookAgainAtAll(client);
        void client.invalidateQueries({ queryKey: jobsKey });
        void client.invalidateQueries({ queryKey: usageQuery.queryKey });
      },
      onChanges: (changes: { kind: string; id: string }[]) => {
        lookAgain(client, changes);
        if (changes.some(({ kind }) => kind === 'job')) {
          void client.invalidateQueries({ queryKey: jobsKey });
        }
        if (changes.some(({ kind }) => kind === 'usage')) {
          void client.invalidateQueries({ queryKey: usageQuery.queryKey });
        }
      },
      signedIn: async () => {
        const options = await client.fetchQuery({ ...authOptionsQuery, staleTime: 0 });
        if (!options.signed_in) {
          void client.invalidateQueries({ queryKey: sessionKey });
        }
        return options.signed_in;
      },
    };
    // Not needed for the first view.
    import('@/shared/stream/changes')
      .then(({ hearChanges }) => gone.signal.aborted || hearChanges(hearer, gone.signal))
      .catch(() => undefined); // no network: the page works as one that hears nothing
    return () => gone.abort();
  }, [client]);
}
