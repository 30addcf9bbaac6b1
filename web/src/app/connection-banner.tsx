import { CloudOff } from 'lucide-react';
import { useConnection } from '@/shared/lib/connection';
import { i18n } from '@/shared/lib/text';

/** Says that the server cannot be reached. It goes when the server answers again, and moves nothing. */
export function ConnectionBanner() {
  const offline = useConnection() === 'offline';
  return (
    <div className="pointer-events-none absolute inset-x-4 top-15 z-30 flex justify-center md:top-13" role="status">
      {offline && (
        <p className="flex items-center gap-2 rounded-lg border bg-popover px-4 py-1.5 text-sm text-warning shadow-md">
          <CloudOff aria-hidden={true} className="size-4 shrink-0" />
          {i18n.t('No connection to the server. Trying again by itself; what you type is kept.')}
        </p>
      )}
    </div>
  );
}
