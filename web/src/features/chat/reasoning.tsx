import { ChevronRight } from 'lucide-react';
import { i18n } from '@/shared/lib/text';

interface ReasoningProps {
  text: string;
  /** The answer itself has not begun. */
  thinking: boolean;
}

/** What a model thought before it answered, folded. */
export function Reasoning({ text, thinking }: ReasoningProps) {
  return (
    <details className="group/reasoning text-muted-foreground text-sm">
      <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-md hover:text-foreground [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden={true}
          className="size-4 transition-transform group-open/reasoning:rotate-90 rtl:-scale-x-100"
        />
        <span className={thinking ? 'animate-pulse' : undefined}>
          {thinking ? i18n.t('Thinking…') : i18n.t('Thoughts')}
        </span>
      </summary>
      <p className="wrap-anywhere mt-2 whitespace-pre-wrap border-s-2 ps-4" dir="auto">
        {text}
      </p>
    </details>
  );
}
