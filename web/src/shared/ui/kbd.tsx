import { cn } from '@/shared/lib/cn';
import { keyNames } from '@/shared/lib/shortcuts';

/** A key combination such as `mod+k`, drawn as this system's keyboards name it. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <span className="inline-flex gap-1">
      {keyNames(keys).map((name) => (
        <kbd
          className={cn(
            'inline-flex h-5 min-w-5 items-center justify-center rounded-sm border bg-muted px-1 font-sans text-muted-foreground text-xs',
            className,
          )}
          key={name}
        >
          {name}
        </kbd>
      ))}
    </span>
  );
}
