import { ArrowDown } from 'lucide-react';
import { useEffect } from 'react';
import { useStickToBottom } from 'use-stick-to-bottom';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Announcer } from './announcer';
import { AnswerMessage } from './answer-message';
import { answers } from './answers';
import { QuestionMessage } from './question-message';
import type { Turn } from './tree';
import type { Message, Model } from './types';

interface MessageListProps {
  turns: Turn[];
  models: Model[] | undefined;
  onAgain: (message: Message) => void;
  onBranch: (messageId: string) => void;
}

/** The branch that is shown. It follows the end of the text until the reader scrolls up. */
export function MessageList({ turns, models, onAgain, onBranch }: MessageListProps) {
  const { scrollRef, contentRef, isAtBottom, scrollToBottom } = useStickToBottom({
    initial: 'instant',
    resize: 'instant',
  });
  const last = turns.at(-1)?.message;
  const busy = last?.status === 'processing';

  // Whoever asks wants to see the answer, wherever they had been reading.
  const lastName = last && answers.nameOf(last.id);
  useEffect(() => {
    if (lastName !== undefined && busy) {
      void scrollToBottom('instant');
    }
  }, [lastName, busy, scrollToBottom]);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="min-h-0 flex-1 overflow-y-auto outline-none" ref={scrollRef} tabIndex={0}>
        <div
          aria-busy={busy}
          aria-label={i18n.t('Conversation')}
          aria-live="off"
          className="mx-auto flex w-full max-w-3xl flex-col gap-6 px-4 pt-4 pb-8"
          ref={contentRef}
          role="log"
        >
          {turns.map((turn, index) =>
            turn.message.role === 'user' ? (
              <QuestionMessage key={answers.nameOf(turn.message.id)} turn={turn} onBranch={onBranch} />
            ) : (
              <AnswerMessage
                key={answers.nameOf(turn.message.id)}
                last={index === turns.length - 1}
                model={models?.find((model) => model.id === turn.message.model)}
                onAgain={onAgain}
                onBranch={onBranch}
                turn={turn}
              />
            ),
          )}
        </div>
      </div>
      {!isAtBottom && (
        <Button
          aria-label={i18n.t('Go to the end')}
          className="absolute start-1/2 bottom-3 -translate-x-1/2 rounded-full bg-background shadow-md rtl:translate-x-1/2"
          onClick={() => void scrollToBottom()}
          size="icon"
        >
          <ArrowDown aria-hidden={true} />
        </Button>
      )}
      <Announcer busy={busy} />
    </div>
  );
}
