import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { asProblem } from '@/shared/api/problem';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button } from './button';

interface ProblemNoticeProps {
  error: unknown;
  /** Offered as a button, where trying again can help. */
  onRetry?: (() => void) | undefined;
  /** What else can be done. */
  children?: ReactNode;
  className?: string;
}

/** What went wrong, what to do, and under "Details" the request id that an operator can look up. */
export function ProblemNotice({ error, onRetry, children, className }: ProblemNoticeProps) {
  const problem = asProblem(error);
  return (
    <div
      className={cn('flex gap-3 rounded-lg border border-destructive/30 bg-destructive/5 px-4 py-3 text-sm', className)}
      role="alert"
    >
      <CircleAlert aria-hidden={true} className="mt-1 size-4 shrink-0 text-destructive" />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <p className="break-words">{problem.message}</p>
        {(onRetry !== undefined || children !== undefined) && (
          <div className="flex flex-wrap gap-2">
            {onRetry !== undefined && (
              <Button onClick={onRetry} size="small">
                {i18n.t('Try again')}
              </Button>
            )}
            {children}
          </div>
        )}
        {problem.requestId !== '' && (
          <details className="text-muted-foreground text-xs">
            <summary className="cursor-pointer">{i18n.t('Details')}</summary>
            <p className="break-all">
              {i18n.t('Status {status}, request {id}', { status: problem.status, id: problem.requestId })}
            </p>
          </details>
        )}
      </div>
    </div>
  );
}
