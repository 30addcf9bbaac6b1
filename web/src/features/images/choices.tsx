import { type ReactNode, useId } from 'react';
import { cn } from '@/shared/lib/cn';

interface ChoicesProps<T extends string> {
  label: string;
  value: T | undefined;
  options: readonly { value: T; label: string; content?: ReactNode }[];
  onChange: (value: T) => void;
  /** How the options lie beside each other. */
  className?: string;
}

/** One of a few that are all in sight. */
export function Choices<T extends string>({ label, value, options, onChange, className }: ChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-sm">{label}</legend>
      <div className={cn('grid auto-cols-fr gap-1.5', className ?? 'grid-flow-col')}>
        {options.map((option) => (
          <label
            className={cn(
              'relative flex min-h-8 cursor-pointer flex-col items-center justify-center rounded-lg border border-input px-1 text-center text-sm leading-5 hover:bg-accent pointer-coarse:min-h-11',
              'has-checked:border-primary has-checked:bg-primary/10 has-checked:font-medium has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2',
            )}
            key={option.value}
          >
            <input
              aria-label={option.label}
              checked={option.value === value}
              className="absolute inset-0 cursor-pointer opacity-0"
              name={name}
              onChange={() => onChange(option.value)}
              type="radio"
            />
            {option.content ?? option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
