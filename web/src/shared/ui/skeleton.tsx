import type { ComponentProps } from 'react';
import { cn } from '@/shared/lib/cn';

/** A place that is about to be filled; give it the size of what comes. */
export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return <div {...props} aria-hidden={true} className={cn('animate-pulse rounded-md bg-muted', className)} />;
}
