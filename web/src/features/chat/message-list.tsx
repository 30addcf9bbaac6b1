import { ArrowDown } from 'lucide-react';
import { useEffect } from 'react';
import { useStickToBottom } from 'use-stick-to-bottom';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { AnswerMessage } from './answer-message';
import { answers } from './answers';
import { QuestionEditor } from './question-editor';
import { QuestionMessage } from './question-message';
import type { Target } from './target';
import type { Turn } from './tree';
import type { Ask, AttachedFile, Message, Model } from './types';
import { useGrowing } from './use-growing';
import type { ModelChoice } from './use-models';
import { useSame, useSameTurns } from './use-same';
import { useShowTarget } from './use-show-target';
import type { Written } from './waiting';

/** Text goes under the bars above and below as under paper; the scroll bar stays clear of it. */
const fadingEnds = [
  'before:pointer-events-none before:absolute before:start-0 before:end-3 before:top-0 before:z-10 before:h-4 before:bg-linear-to-b before:from-background',
  'after:pointer-events-none after:absolute after:start-0 after:end-3 after:bottom-0 after:z-10 after:h-6 after:bg-linear-to-t after:from-background',
].join(' ');

/** What is far from the screen takes no layout and no painting; search and screen readers find it all the same. */
const farAway =
  '[&>article]:[contain-intrinsic-size:auto_12rem] [&>article]:[content-visibility:auto] [&>article]:[overflow-clip-margin:0.5rem]';

interface MessageListProps {
  turns: Turn[];
  /** The message that the address names. */
  target: Target;
  choice: ModelChoice;
  /** What the server would be asked. */
  bodyOf: (written: Written, parentId: string) => Ask | undefined;
  /** The question that is being edited. */
  editing: string | undefined;
  onEdit: (messageId: string | undefined) => void;
  /** Asks a question in other words. */
  onReword: (question: Message, written: Written) => Promise<void>;
  onAgain: (message: Message, modelId?: string) => void;
  onBranch: (messageId: string) => void;
  /** Asks for a change of a picture. */
  onChange: (files: readonly AttachedFile[], model: Model) => void;
}

/** The branch that is shown. It follows the end of the text until the reader scrolls up. */
export function MessageList({
  turns: latest,
  target,
  choice,
  bodyOf,
  editing,
  onReword,
  ...handlers
}: MessageListProps) {
  const turns = useSameTurns(latest);
  const wanted = turns.findIndex(({ message }) => message.id === target.id);
  const first = useGrowing(turns.length, wanted);
  const onEdit = useSame(handlers.onEdit);
  const onAgain = useSame(handlers.onAgain);
  const onBranch = useSame(handlers.onBranch);
  const onChange = useSame(handlers.onChange);
  const { scrollRef, contentRef, isAtBottom, scrollToBottom, stopScroll } = useStickToBottom({
    initial: target.id === undefined ? 'instant' : false,
    resize: 'instant',
  });
  useShowTarget(target, { scroll: scrollRef, content: contentRef, stopFollowing: stopScroll });
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
    <div className={`relative flex min-h-0 flex-1 flex-col ${fadingEnds}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="min-h-0 flex-1 overflow-y-auto outline-none" ref={scrollRef} tabIndex={0}>
        <div
          aria-busy={busy}
          aria-label={i18n.t('Conversation')}
          aria-live="off"
          className={`mx-auto flex w-full max-w-3xl flex-col gap-6 px-4 pt-4 pb-8 ${farAway}`}
          ref={contentRef}
          role="log"
        >
          {turns.slice(first).map((turn, index) => {
            const { message } = turn;
            if (message.id === editing) {
              return (
                <QuestionEditor
                  key={answers.nameOf(message.id)}
                  bodyOf={bodyOf}
                  choice={choice}
                  onAsk={(written) => onReword(message, written)}
                  onCancel={() => onEdit(undefined)}
                  question={message}
                />
              );
            }
            return message.role === 'user' ? (
              <QuestionMessage
                key={answers.nameOf(message.id)}
                onBranch={onBranch}
                onEdit={busy ? undefined : onEdit}
                turn={turn}
              />
            ) : (
              <AnswerMessage
                key={answers.nameOf(message.id)}
                last={first + index === turns.length - 1}
                model={choice.models?.find((model) => model.id === message.model)}
                onAgain={onAgain}
                onBranch={onBranch}
                onChange={onChange}
                onEdit={busy ? undefined : onEdit}
                turn={turn}
              />
            );
          })}
        </div>
      </div>
      {!isAtBottom && (
        <Button
          aria-label={i18n.t('Go to the end')}
          className="absolute start-1/2 bottom-3 z-20 -translate-x-1/2 rounded-full bg-background shadow-md rtl:translate-x-1/2"
          onClick={() => void scrollToBottom()}
          size="icon"
        >
          <ArrowDown aria-hidden={true} />
        </Button>
      )}
    </div>
  );
}
