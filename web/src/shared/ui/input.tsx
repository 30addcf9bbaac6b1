import { Input as BaseInput } from '@base-ui/react/input';
import { cn } from '@/shared/lib/cn';

export const inputStyle =
  'w-full min-w-0 rounded-lg border border-input bg-background px-3 text-sm placeholder:text-muted-foreground disabled:opacity-50 aria-invalid:border-destructive data-invalid:border-destructive';

export type InputProps = Omit<BaseInput.Props, 'className'> & { className?: string | undefined };

export function Input({ className, ...props }: InputProps) {
  return <BaseInput {...props} className={cn(inputStyle, 'h-9', className)} />;
}
