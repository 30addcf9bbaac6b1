import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/shared/lib/cn';

/** A good end, something to know, or something that went wrong. */
export type Tone = 'good' | 'neutral' | 'wrong';

interface NoticeProps {
  tone: Tone;
  children: ReactNode;
}

const icons = {
  good: <CircleCheck aria-hidden={true} className="mt-0.5 size-4 shrink-0 text-success" />,
  neutral: <Info aria-hidden={true} className="mt-0.5 size-4 shrink-0 text-muted-foreground" />,
  wrong: <CircleAlert aria-hidden={true} className="mt-0.5 size-4 shrink-0 text-destructive" />,
};

/** What has just happened, above what comes next. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div
      className={cn(
        'flex gap-3 rounded-lg border px-4 py-3 text-sm',
        tone === 'wrong' ? 'border-destructive/30 bg-destructive/5' : 'bg-muted/50',
      )}
      role={tone === 'wrong' ? 'alert' : 'status'}
    >
      {icons[tone]}
      <p className="min-w-0 flex-1 text-pretty">{children}</p>
    </div>
  );
}
