import { X } from 'lucide-react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';

interface NotHereProps {
  /** It may be further down, where nobody has looked yet. */
  looking: boolean;
  onClose: () => void;
}

/** Instead of a picture that an address asks for. */
export function NotHere({ looking, onClose }: NotHereProps) {
  return (
    <div className="mt-4 flex items-center gap-3 rounded-lg border py-1.5 ps-4 pe-2 text-sm" role="status">
      <p className="min-w-0 flex-1 text-muted-foreground">
        {looking
          ? i18n.t('Looking for the image…')
          : i18n.t('This image is not here: it was deleted, or it is somebody else’s.')}
      </p>
      <Button aria-label={i18n.t('Close')} onClick={onClose} size="icon-small" variant="ghost">
        <X aria-hidden={true} />
      </Button>
    </div>
  );
}
