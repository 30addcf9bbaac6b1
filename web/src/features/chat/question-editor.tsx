import { type KeyboardEvent, useEffect, useRef } from 'react';
import { drafts, useDraft } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Textarea } from '@/shared/ui/textarea';
import type { Message } from './types';

interface QuestionEditorProps {
  question: Message;
  /** Asks it in other words. Rejects when it was not taken; the words are kept as a draft then. */
  onAsk: (text: string) => Promise<void>;
  onCancel: () => void;
}

/** A question in its place, to be put in other words. What came of the first words stays beside it. */
export function QuestionEditor({ question, onAsk, onCancel }: QuestionEditorProps) {
  const key = `edit.${question.id}`;
  const [text, setText] = useDraft(key, question.content);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(input.current.value.length, input.current.value.length);
  }, []);

  const better = text.trim();
  const canAsk = better !== '' && better !== question.content.trim();
  const ask = () => {
    if (canAsk) {
      onAsk(text).then(
        () => drafts.remove(key),
        () => undefined, // why is on the screen
      );
    }
  };
  const cancel = () => {
    setText(question.content);
    onCancel();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return; // the key belongs to the input method
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      ask();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      cancel();
    }
  };

  return (
    <form
      aria-label={i18n.t('Edit the question')}
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <Textarea
        aria-label={i18n.t('The question in other words')}
        className="max-h-[50dvh] rounded-xl px-4 py-2.5 text-base leading-6"
        dir="auto"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        ref={input}
        value={text}
      />
      <div className="flex justify-end gap-2">
        <Button onClick={cancel} size="small">
          {i18n.t('Cancel')}
        </Button>
        <Button disabled={!canAsk} size="small" type="submit" variant="primary">
          {i18n.t('Ask')}
        </Button>
      </div>
    </form>
  );
}
