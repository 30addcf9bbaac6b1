import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { cn } from '@/shared/lib/cn';

export function Switch({ className, ...props }: Omit<BaseSwitch.Root.Props, 'className'> & { className?: string }) {
  return (
    <BaseSwitch.Root
      {...props}
      className={cn(
        'relative inline-flex h-5 w-9 shrink-0 rounded-full bg-input p-0.5 transition-colors data-checked:bg-primary data-disabled:opacity-50 pointer-coarse:h-7 pointer-coarse:w-13',
        className,
      )}
    >
      <BaseSwitch.Thumb className="aspect-square h-full rounded-full bg-background shadow-sm transition-transform data-checked:translate-x-4 pointer-coarse:data-checked:translate-x-6 rtl:data-checked:-translate-x-4" />
    </BaseSwitch.Root>
  );
}
