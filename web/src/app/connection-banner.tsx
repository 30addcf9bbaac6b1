import { CloudOff } from 'lucide-react';
import { useConnection } from '@/shared/lib/connection';
import { i18n } from '@/shared/lib/text';

/** Says that the server cannot be reached. It goes when the server answers again, and lies over nothing. */
export function ConnectionBanner() {
  const offline = useConnection() === 'offline';
  return (
    <div className="shrink-0" role="status">
      {offline && (
        <p className="flex items-center justify-center gap-2 border-y bg-sidebar px-4 py-1.5 text-sm text-warning leading-5">
          <CloudOff aria-hidden={true} className="size-4 shrink-0" />
          {i18n.t('No connection to the server. Trying again by itself; what you type is kept.')}
        </p>
      )}
    </div>
  );
}
