import { Pencil } from 'lucide-react';
import { memo, useState } from 'react';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { CopyButton } from '@/shared/ui/copy-button';
import { Tooltip } from '@/shared/ui/tooltip';
import { BranchSwitch } from './branch-switch';
import { FileList } from './file-list';
import type { Turn } from './tree';

/** A pasted text longer than this is folded. */
const longLines = 16;
const longText = 1600;

interface QuestionMessageProps {
  turn: Turn;
  /** Undefined while an answer is being written. */
  onEdit: ((messageId: string) => void) | undefined;
  onBranch: (messageId: string) => void;
}

export const QuestionMessage = memo(({ turn, onEdit, onBranch }: QuestionMessageProps) => {
  const { content, files, id } = turn.message;
  const long = content.length > longText || content.split('\n').length > longLines;
  const [open, setOpen] = useState(false);
  const editLabel = i18n.t('Edit question');
  return (
    <article aria-label={i18n.t('Your question')} className="group -mb-4 flex flex-col items-end gap-1" id={`m-${id}`}>
      {files && files.length > 0 && <FileList files={files} />}
      {content !== '' && (
        <div className="max-w-[85%] rounded-xl bg-muted px-4 py-2.5 text-base" dir="auto">
          <p className={cn('wrap-anywhere whitespace-pre-wrap', long && !open && 'line-clamp-10')}>{content}</p>
          {long && (
            <Button
              aria-expanded={open}
              className="-ms-2 mt-1 px-2"
              onClick={() => setOpen(!open)}
              size="small"
              variant="ghost"
            >
              {open ? i18n.t('Show less') : i18n.t('Show all')}
            </Button>
          )}
        </div>
      )}
      <div
        className={cn(
          'flex items-center text-muted-foreground',
          turn.siblings.length < 2 &&
            'opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100',
        )}
      >
        <BranchSwitch onBranch={onBranch} turn={turn} />
        {content !== '' && <CopyButton label={i18n.t('Copy question')} text={() => content} />}
        <Tooltip label={editLabel}>
          <Button
            aria-label={editLabel}
            disabled={!onEdit}
            onClick={() => onEdit?.(id)}
            size="icon-small"
            variant="ghost"
          >
            <Pencil aria-hidden={true} />
          </Button>
        </Tooltip>
      </div>
    </article>
  );
});
