import { Paperclip } from 'lucide-react';
import { type Ref, useImperativeHandle, useRef } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Tooltip } from '@/shared/ui/tooltip';

export interface AttachHandle {
  /** Lets the person pick files. */
  pick: () => void;
}

interface AttachButtonProps {
  onFiles: (files: File[]) => void;
  ref?: Ref<AttachHandle>;
}

/** Opens the system's own picker. */
export function AttachButton({ onFiles, ref }: AttachButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const pick = () => input.current?.click();
  useImperativeHandle(ref, () => ({ pick }));
  const label = i18n.t('Attach files');
  return (
    <>
      <input
        aria-label={label}
        hidden={true}
        multiple={true}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = ''; // so that the same file can be picked again
        }}
        ref={input}
        type="file"
      />
      <Tooltip label={label} side="top">
        <Button aria-label={label} className="text-muted-foreground" onClick={pick} size="icon" variant="ghost">
          <Paperclip aria-hidden={true} />
        </Button>
      </Tooltip>
    </>
  );
}
