import { useState } from 'react';
import { i18n } from '@/shared/lib/text';

/** Tells a screen reader once that an answer is there; its words as they come would drown everything. */
export function Announcer({ busy }: { busy: boolean }) {
  const [wasBusy, setWasBusy] = useState(busy);
  const [ended, setEnded] = useState(false);
  if (wasBusy !== busy) {
    setWasBusy(busy);
    setEnded(!busy);
  }
  return (
    <p className="sr-only" role="status">
      {busy && i18n.t('The answer is being written')}
      {ended && i18n.t('Answer complete')}
    </p>
  );
}
