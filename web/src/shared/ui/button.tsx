import { Button as BaseButton } from '@base-ui/react/button';
import { cva, type VariantProps } from 'class-variance-authority';
import { cn } from '@/shared/lib/cn';

/** The look of a button, for links that act like one. */
export const buttonStyle = cva(
  [
    'inline-flex shrink-0 cursor-pointer select-none items-center justify-center gap-2 whitespace-nowrap rounded-lg font-medium text-sm',
    'transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50 data-disabled:pointer-events-none data-disabled:opacity-50',
    '[&_svg]:pointer-events-none [&_svg]:size-4 [&_svg]:shrink-0',
  ],
  {
    variants: {
      variant: {
        primary: 'bg-primary text-primary-foreground hover:bg-primary/90',
        secondary: 'border bg-background hover:bg-accent data-popup-open:bg-accent',
        ghost: 'hover:bg-accent data-popup-open:bg-accent',
        destructive: 'bg-destructive text-destructive-foreground hover:bg-destructive/90',
      },
      size: {
        default: 'h-9 px-4',
        small: 'h-8 px-3',
        icon: 'size-9 pointer-coarse:size-11',
        'icon-small': 'size-8 pointer-coarse:size-11',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'default' },
  },
);

export type ButtonProps = Omit<BaseButton.Props, 'className'> &
  VariantProps<typeof buttonStyle> & {
    className?: string | undefined;
    /** What the button does is under way: it says so and takes no second click, but keeps the focus. */
    busy?: boolean | undefined;
  };

export function Button({
  variant,
  size,
  className,
  busy = false,
  disabled = false,
  focusableWhenDisabled = busy,
  ...props
}: ButtonProps) {
  return (
    <BaseButton
      {...props}
      aria-busy={busy || undefined}
      className={cn(buttonStyle({ variant, size }), busy && 'animate-pulse', className)}
      disabled={disabled || busy}
      focusableWhenDisabled={focusableWhenDisabled}
    />
  );
}
