import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { offline, Problem } from '@/shared/api/problem';
import { useConnection } from '@/shared/lib/connection';
import { i18n } from '@/shared/lib/text';
import { imageJobsQuery, imageKeys } from './api';
import type { ImageRequest } from './types';
import { isSame, unanswered } from './unanswered';

/** What was not begun, as far as one knows, and why. */
export interface Refused {
  problem: Problem;
  request: ImageRequest;
  /** It was in the composer, and is still there. */
  composed: boolean;
}

/**
 * The refusal that is shown. One without an answer goes when the line is back:
 * the server did get the request, which is told once, or it can be asked again.
 */
export function useRefused(draft: string, onFound: (request: ImageRequest) => void) {
  const client = useQueryClient();
  const line = useConnection();
  const { data } = useInfiniteQuery({ ...imageJobsQuery, enabled: false }); // the gallery asks
  const [refused, setRefused] = useState<Refused>();
  const latest = useRef(onFound);
  useEffect(() => {
    latest.current = onFound;
  });
  useEffect(() => {
    for (const { key, request } of unanswered.found(draft, data?.pages.flatMap(({ items }) => items) ?? [])) {
      unanswered.settle(draft, key);
      latest.current(request);
      setRefused((now) => (now && isSame(now.request, request) ? undefined : now));
    }
  }, [draft, data]);
  const isLost = refused?.problem.kind === lost;
  useEffect(() => {
    if (line === 'offline' || !(refused && isLost)) {
      return;
    }
    const after = refused.composed ? undefined : { ...refused, problem: notSent() };
    void client
      .refetchQueries({ queryKey: imageKeys.jobs })
      .then(() => setRefused((now) => (now === refused ? after : now)));
  }, [client, line, refused, isLost]);
  return {
    /** While the line is gone the shell says so, and once is enough. */
    refused: isLost && line === 'offline' ? undefined : refused,
    setRefused,
  };
}

const lost = 'offline';

function notSent(): Problem {
  return new Problem({
    type: 'urn:pulse:problem:unsent',
    title: i18n.t('Not begun'),
    status: offline,
    detail: i18n.t('The connection is back. What you asked for did not reach the server.'),
    request_id: '',
  });
}
