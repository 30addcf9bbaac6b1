import type { ComponentProps } from 'react';
import { cn } from '@/shared/lib/cn';
import { inputStyle } from './input';

/** Grows with its text; the class sets how far. */
export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea {...props} className={cn(inputStyle, 'field-sizing-content min-h-20 resize-none py-2', className)} />
  );
}
