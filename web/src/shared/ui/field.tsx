import { Field as BaseField } from '@base-ui/react/field';
import type { ReactNode } from 'react';
import { cn } from '@/shared/lib/cn';

interface FieldProps {
  label: ReactNode;
  children: ReactNode;
  /** Said below the field while nothing is wrong. */
  hint?: ReactNode;
  /** What is wrong with the value, and what to do; undefined when it is in order. */
  error?: string | undefined;
  className?: string;
}

/** A labelled control. Inside it an `Input` finds its label, hint and error by itself. */
export function Field({ label, children, hint, error, className }: FieldProps) {
  const note = error ?? hint;
  return (
    <BaseField.Root className={cn('flex flex-col gap-1.5', className)} invalid={error !== undefined}>
      <BaseField.Label className="font-medium text-sm">{label}</BaseField.Label>
      {children}
      {note !== undefined && (
        <BaseField.Description
          className={cn('text-sm leading-5', error === undefined ? 'text-muted-foreground' : 'text-destructive')}
          role={error === undefined ? undefined : 'alert'}
        >
          {note}
        </BaseField.Description>
      )}
    </BaseField.Root>
  );
}
