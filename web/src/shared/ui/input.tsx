import { Input as BaseInput } from '@base-ui/react/input';
import { cn } from '@/shared/lib/cn';

/** The ring lies on the border: one line, and nothing cuts it off. */
export const inputStyle = [
  'w-full min-w-0 rounded-lg border border-input bg-background px-3 text-sm placeholder:text-muted-foreground disabled:opacity-50',
  'focus-visible:-outline-offset-2 aria-invalid:border-destructive aria-invalid:outline-destructive data-invalid:border-destructive data-invalid:outline-destructive',
].join(' ');

export type InputProps = Omit<BaseInput.Props, 'className'> & { className?: string | undefined };

export function Input({ className, ...props }: InputProps) {
  return <BaseInput {...props} className={cn(inputStyle, 'h-9', className)} />;
}
