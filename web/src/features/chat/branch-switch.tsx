import { ChevronLeft, ChevronRight } from 'lucide-react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import type { Turn } from './tree';

interface BranchSwitchProps {
  turn: Turn;
  onBranch: (messageId: string) => void;
}

/** Turns between the answers to one question. */
export function BranchSwitch({ turn, onBranch }: BranchSwitchProps) {
  const { siblings, message } = turn;
  if (siblings.length < 2) {
    return null;
  }
  const at = siblings.indexOf(message.id);
  const to = (index: number) => {
    const id = siblings[index];
    return id === undefined ? undefined : () => onBranch(id);
  };
  const before = to(at - 1);
  const after = to(at + 1);
  return (
    <div className="flex items-center text-muted-foreground text-xs tabular-nums">
      <Button
        aria-label={i18n.t('Previous version')}
        disabled={!before}
        onClick={before}
        size="icon-small"
        variant="ghost"
      >
        <ChevronLeft aria-hidden={true} className="rtl:-scale-x-100" />
      </Button>
      <span>{i18n.t('{at} of {all}', { at: at + 1, all: siblings.length })}</span>
      <Button aria-label={i18n.t('Next version')} disabled={!after} onClick={after} size="icon-small" variant="ghost">
        <ChevronRight aria-hidden={true} className="rtl:-scale-x-100" />
      </Button>
    </div>
  );
}
