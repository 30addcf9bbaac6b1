import { Link, type LinkProps } from '@tanstack/react-router';
import { cn } from '@/shared/lib/cn';
import type { FromSearch } from './from';

interface AuthLinkProps {
  to: '/sign-in' | '/register' | '/forgot';
  search: FromSearch;
  children: LinkProps['children'];
  className?: string;
}

/** From one of these pages to another; a finger finds it, too. */
export function AuthLink({ className, ...props }: AuthLinkProps) {
  return (
    <Link {...props} className={cn('text-primary underline underline-offset-4 pointer-coarse:py-2.5', className)} />
  );
}
