import { memo, useState } from 'react';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { CopyButton } from '@/shared/ui/copy-button';
import { BranchSwitch } from './branch-switch';
import type { Turn } from './tree';

/** A pasted text longer than this is folded. */
const longLines = 16;
const longText = 1600;

interface QuestionMessageProps {
  turn: Turn;
  onBranch: (messageId: string) => void;
}

export const QuestionMessage = memo(({ turn, onBranch }: QuestionMessageProps) => {
  const { content } = turn.message;
  const long = content.length > longText || content.split('\n').length > longLines;
  const [open, setOpen] = useState(false);
  return (
    <article aria-label={i18n.t('Your question')} className="group flex flex-col items-end gap-1">
      <div className="max-w-[85%] rounded-xl bg-muted px-4 py-2.5" dir="auto">
        <p className={cn('wrap-anywhere whitespace-pre-wrap', long && !open && 'line-clamp-10')}>{content}</p>
        {long && (
          <Button
            aria-expanded={open}
            className="mt-1 -ms-2 px-2"
            onClick={() => setOpen(!open)}
            size="small"
            variant="ghost"
          >
            {open ? i18n.t('Show less') : i18n.t('Show all')}
          </Button>
        )}
      </div>
      <div className="flex items-center opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <BranchSwitch onBranch={onBranch} turn={turn} />
        <CopyButton className="text-muted-foreground" label={i18n.t('Copy question')} text={() => content} />
      </div>
    </article>
  );
});
