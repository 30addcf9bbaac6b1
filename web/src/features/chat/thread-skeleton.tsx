import { i18n } from '@/shared/lib/text';
import { Skeleton } from '@/shared/ui/skeleton';

/** A question and an answer, before they are here. */
export function ThreadSkeleton() {
  return (
    <div aria-busy={true} className="mx-auto flex w-full max-w-3xl flex-1 flex-col gap-8 px-4 py-6">
      <p className="sr-only" role="status">
        {i18n.t('Loading the conversation')}
      </p>
      <Skeleton className="h-10 w-2/3 self-end rounded-xl sm:w-1/3" />
      <div className="flex flex-col gap-3">
        <Skeleton className="h-4 w-full" />
        <Skeleton className="h-4 w-11/12" />
        <Skeleton className="h-4 w-4/5" />
        <Skeleton className="mt-2 h-28 w-full" />
      </div>
    </div>
  );
}
