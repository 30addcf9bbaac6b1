import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, useEffect, useRef } from 'react';
import { byDayGroup } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { imageJobsQuery } from './api';
import { Follow } from './follow';
import { Generation } from './generation';
import { nameOf } from './pending';
import type { PictureDoing } from './picture-actions';
import { followed } from './running';
import type { ImageJob, ImageModel } from './types';
import { Welcome } from './welcome';

interface GalleryProps {
  /** Undefined until they are here. */
  jobs: readonly ImageJob[] | undefined;
  /** Those of them that the server knows. */
  known: readonly ImageJob[];
  models: readonly ImageModel[] | undefined;
  deleted: ReadonlySet<string>;
  doing: PictureDoing;
  onOpen: (fileId: string) => void;
  onAgain: (job: ImageJob, count?: number) => void;
  onDelete: (job: ImageJob) => void;
  onExample: (prompt: string, presets: string[]) => void;
}

/** All that was made and is being made, the newest first. */
export function Gallery({ jobs, known, models, onExample, ...rest }: GalleryProps) {
  const { error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(imageJobsQuery);
  if (jobs === undefined) {
    return error === null ? (
      <GallerySkeleton />
    ) : (
      <ProblemNotice className="my-4" error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <>
      {followed(known).map(({ id }) => (
        <Follow jobId={id} key={id} />
      ))}
      {jobs.length === 0 && !hasNextPage && <Welcome onExample={onExample} />}
      {byDayGroup(jobs, ({ created_at: at }) => at).map((group) => (
        <section key={group.name}>
          <h2 className="pt-4 text-muted-foreground text-xs">{group.name}</h2>
          {group.items.map((job) => (
            <Fragment key={nameOf(job.id)}>
              <Generation {...rest} job={job} model={models?.find(({ id }) => id === job.model)} />
            </Fragment>
          ))}
        </section>
      ))}
      {error !== null && <ProblemNotice className="mt-4" error={error} onRetry={() => void refetch()} />}
      {hasNextPage && (
        <More
          busy={isFetchingNextPage}
          onMore={() => void fetchNextPage({ cancelRefetch: false })}
          key={known.length}
        />
      )}
    </>
  );
}

/** The end of what is loaded; asks for more when it comes near, or at a click. */
function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  useEffect(() => {
    latest.current = onMore;
  });
  useEffect(() => {
    if (!end.current) {
      return;
    }
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '400px',
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={end}>
      <Button busy={busy} className="mt-4 w-full" onClick={onMore}>
        {i18n.t('Show older images')}
      </Button>
    </div>
  );
}

function GallerySkeleton() {
  return (
    <div aria-busy={true} aria-label={i18n.t('Loading')} className="flex flex-col gap-8 pt-11" role="status">
      {['w-3/5', 'w-2/5'].map((width) => (
        <div className="flex flex-col gap-2" key={width}>
          <Skeleton className={`h-4 max-w-full ${width}`} />
          <Skeleton className="h-3 w-40" />
          <div className="grid grid-cols-2 gap-2 lg:grid-cols-4">
            {['a', 'b', 'c', 'd'].map((each) => (
              <Skeleton className="aspect-square rounded-lg" key={each} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
