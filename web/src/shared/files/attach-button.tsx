import { Paperclip } from 'lucide-react';
import { type ReactNode, type Ref, useImperativeHandle, useRef } from 'react';
import { Button } from '@/shared/ui/button';
import { Tooltip } from '@/shared/ui/tooltip';

export interface AttachHandle {
  /** Lets the person pick files. */
  pick: () => void;
}

interface AttachButtonProps {
  onFiles: (files: File[]) => void;
  /** What the button is called. */
  label: string;
  /** The types that the picker shows; leave it out for all. */
  accept?: string | undefined;
  /** Instead of a paper clip. */
  icon?: ReactNode;
  ref?: Ref<AttachHandle>;
}

/** Opens the system's own picker. */
export function AttachButton({ onFiles, label, accept, icon, ref }: AttachButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const pick = () => input.current?.click();
  useImperativeHandle(ref, () => ({ pick }));
  return (
    <>
      <input
        accept={accept}
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
          {icon ?? <Paperclip aria-hidden={true} />}
        </Button>
      </Tooltip>
    </>
  );
}
