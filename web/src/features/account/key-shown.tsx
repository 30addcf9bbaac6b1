import { TriangleAlert } from 'lucide-react';
import { useRef } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { CopyButton } from '@/shared/ui/copy-button';
import { Input } from '@/shared/ui/input';
import { KeyExample } from './key-example';
import type { NewKey } from './types';

/** The key, for the only time, and how to begin with it. */
export function KeyShown({ made, onDone }: { made: NewKey; onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <div className="flex gap-2">
        <Input
          aria-label={i18n.t('API key')}
          autoFocus={true}
          className="font-mono text-xs"
          dir="ltr"
          onFocus={() => field.current?.select()}
          readOnly={true}
          ref={field}
          spellCheck={false}
          value={made.key}
        />
        <CopyButton label={i18n.t('Copy the key')} size="icon" text={() => made.key} variant="secondary" />
      </div>
      <p className="flex gap-2 text-warning">
        <TriangleAlert aria-hidden={true} className="mt-1 size-4 shrink-0" />
        {i18n.t('It is shown only this once. Who has it can do what it may do, until you revoke it.')}
      </p>
      <KeyExample apiKey={made.key} scopes={made.scopes} />
      <Button className="self-end" onClick={onDone} variant="primary">
        {i18n.t('Done')}
      </Button>
    </div>
  );
}
