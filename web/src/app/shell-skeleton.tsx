import { i18n } from '@/shared/lib/text';
import { Skeleton } from '@/shared/ui/skeleton';

const rows = ['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2', 'w-3/4'];

/** The shell in its final shape, while the session is asked for. */
export function ShellSkeleton() {
  return (
    <div aria-busy={true} aria-label={i18n.t('Loading')} className="flex h-dvh" role="status">
      <div className="hidden w-64 shrink-0 flex-col gap-4 border-e border-sidebar-border bg-sidebar p-4 md:flex">
        {rows.map((width) => (
          <Skeleton className={`h-4 ${width}`} key={width} />
        ))}
      </div>
    </div>
  );
}
