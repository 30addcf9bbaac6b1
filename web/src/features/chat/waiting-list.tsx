import { Clock, Paperclip, Pencil, X } from 'lucide-react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Tooltip } from '@/shared/ui/tooltip';
import type { WaitingQuestion } from './waiting';

interface WaitingListProps {
  questions: readonly WaitingQuestion[];
  /** They do not go on by themselves: the person says what becomes of them. */
  heldUp: boolean;
  onNow: (question: WaitingQuestion) => void;
  /** Takes it back into the input. */
  onEdit: (question: WaitingQuestion) => void;
  onRemove: (question: WaitingQuestion) => void;
}

/** The questions that wait for their turn, between the answer and the input. */
export function WaitingList({ questions, heldUp, onNow, onEdit, onRemove }: WaitingListProps) {
  return (
    <>
      <p className="sr-only" role="status">
        {questions.length > 0 && noteOf(questions, heldUp)}
      </p>
      {questions.length > 0 && (
        <section aria-label={i18n.t('Waiting questions')} className="mb-2 rounded-xl border bg-sidebar text-sm">
          <p aria-hidden={true} className="flex items-center gap-2 px-3 pt-2 text-muted-foreground text-xs">
            <Clock className="size-3.5 shrink-0" />
            {noteOf(questions, heldUp)}
          </p>
          <ol className="max-h-[25dvh] overflow-y-auto pb-1">
            {questions.map((question) => (
              <Item
                heldUp={heldUp}
                key={question.id}
                onEdit={onEdit}
                onNow={onNow}
                onRemove={onRemove}
                question={question}
              />
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

function noteOf(questions: readonly WaitingQuestion[], heldUp: boolean): string {
  if (heldUp) {
    return i18n.t('Not asked, because what came before did not end well. Send, edit or remove.');
  }
  if (questions[0]?.now) {
    return i18n.t('Stopping the answer to ask this.');
  }
  return questions.length === 1
    ? i18n.t('Waits for the answer, then it is asked.')
    : i18n.t('Wait for the answer, then they are asked one after the other.');
}

type ItemProps = Omit<WaitingListProps, 'questions'> & { question: WaitingQuestion };

function Item({ question, heldUp, onNow, onEdit, onRemove }: ItemProps) {
  const editLabel = i18n.t('Edit the waiting question');
  const removeLabel = i18n.t('Remove the waiting question');
  return (
    <li className="flex items-center gap-1 ps-3 pe-1">
      <p className="wrap-anywhere line-clamp-2 min-w-0 flex-1 py-1.5" dir="auto">
        {question.text}
        {question.files && (
          <span className="me-1 block text-muted-foreground text-xs">
            <Paperclip aria-hidden={true} className="me-1 inline size-3" />
            {question.files.map(({ name }) => name).join(', ')}
          </span>
        )}
      </p>
      <Button className="px-2" onClick={() => onNow(question)} size="small" variant="ghost">
        {heldUp ? i18n.t('Send it') : i18n.t('Send now')}
      </Button>
      <Tooltip label={editLabel}>
        <Button aria-label={editLabel} onClick={() => onEdit(question)} size="icon-small" variant="ghost">
          <Pencil aria-hidden={true} />
        </Button>
      </Tooltip>
      <Tooltip label={removeLabel}>
        <Button aria-label={removeLabel} onClick={() => onRemove(question)} size="icon-small" variant="ghost">
          <X aria-hidden={true} />
        </Button>
      </Tooltip>
    </li>
  );
}
