import type { ComponentProps } from 'react';
import { cn } from '@/shared/lib/cn';

export function Label({ className, htmlFor, ...props }: ComponentProps<'label'> & { htmlFor: string }) {
  return <label {...props} className={cn('font-medium text-sm', className)} htmlFor={htmlFor} />;
}
