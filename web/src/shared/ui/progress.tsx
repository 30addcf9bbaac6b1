import { Progress as BaseProgress } from '@base-ui/react/progress';
import { cn } from '@/shared/lib/cn';

interface ProgressProps {
  /** Percent; null while nobody knows. */
  value: number | null;
  label: string;
  /** The bar turns from the accent to a warning. */
  warn?: boolean;
  className?: string;
}

export function Progress({ value, label, warn = false, className }: ProgressProps) {
  return (
    <BaseProgress.Root aria-label={label} className={className} value={value}>
      <BaseProgress.Track className="h-1.5 overflow-hidden rounded-full bg-muted">
        <BaseProgress.Indicator
          className={cn(
            'h-full rounded-full transition-[width] duration-300 data-indeterminate:w-1/3 data-indeterminate:animate-pulse',
            warn ? 'bg-warning' : 'bg-primary',
          )}
        />
      </BaseProgress.Track>
    </BaseProgress.Root>
  );
}
