import { i18n } from '@/shared/lib/text';
import { Skeleton } from '@/shared/ui/skeleton';

const rows = ['w-44', 'w-36', 'w-40'];

/** A list that is on its way, in the shape of its rows. */
export function ListSkeleton({ count = 2 }: { count?: number }) {
  return (
    <div aria-busy={true} aria-label={i18n.t('Loading')} className="rounded-lg border" role="status">
      {rows.slice(0, count).map((width) => (
        <div className="flex h-17 flex-col justify-center gap-2 border-b px-4 last:border-0" key={width}>
          <Skeleton className={`h-4 max-w-full ${width}`} />
          <Skeleton className="h-3 w-64 max-w-full" />
        </div>
      ))}
    </div>
  );
}
