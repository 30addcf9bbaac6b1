import { CloudOff } from 'lucide-react';
import { useConnection } from '@/shared/lib/connection';
import { i18n } from '@/shared/lib/text';

/** Says that the server cannot be reached. It goes when the server answers again. */
export function ConnectionBanner() {
  const offline = useConnection() === 'offline';
  return (
    <div role="status">
      {offline && (
        <p className="flex items-center justify-center gap-2 bg-warning/10 px-4 py-2 text-sm text-warning">
          <CloudOff aria-hidden={true} className="size-4 shrink-0" />
          {i18n.t('No connection to the server. Trying again by itself; what you type is kept.')}
        </p>
      )}
    </div>
  );
}
