import { Paperclip } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

const dialog = '[role="dialog"], [role="alertdialog"]';

/** Of several inputs the one that came last takes what is dropped: a question that is being edited. */
const takers: object[] = [];

interface DropZoneProps {
  /** What dropping does. */
  label: string;
  onFiles: (files: File[]) => void;
}

/** Takes files that are dropped anywhere on the page, and shows that it would. */
export function DropZone({ label, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  });
  useEffect(() => {
    const self = {};
    takers.push(self);
    const brings = ({ dataTransfer }: DragEvent) =>
      takers.at(-1) === self && dataTransfer?.types.includes('Files') === true;
    const onDrag = (event: DragEvent) => {
      if (brings(event)) {
        event.preventDefault(); // else the browser would open the file in the place of the page
        setOver(!document.querySelector(dialog));
      }
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) {
        setOver(false);
      }
    };
    const onDrop = (event: DragEvent) => {
      if (!brings(event)) {
        return;
      }
      event.preventDefault();
      setOver(false);
      if (!document.querySelector(dialog)) {
        latest.current([...(event.dataTransfer?.files ?? [])]);
      }
    };
    const way = new AbortController();
    const { signal } = way;
    document.addEventListener('dragenter', onDrag, { signal });
    document.addEventListener('dragover', onDrag, { signal });
    document.addEventListener('dragleave', onLeave, { signal });
    document.addEventListener('drop', onDrop, { signal });
    return () => {
      takers.splice(takers.indexOf(self), 1);
      way.abort();
    };
  }, []);
  return (
    over && (
      <div className="pointer-events-none fixed inset-0 z-50 bg-background/90 p-4">
        <p className="flex h-full items-center justify-center gap-2 rounded-xl border-2 border-primary border-dashed font-medium text-lg">
          <Paperclip aria-hidden={true} className="size-5" />
          {label}
        </p>
      </div>
    )
  );
}
