import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useUser } from '@/shared/api/session';
import { AttachButton } from '@/shared/files/attach-button';
import { filesOf } from '@/shared/files/attachment';
import { attachments } from '@/shared/files/attachments';
import { DropZone } from '@/shared/files/drop-zone';
import { drafts, useDraft } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Textarea } from '@/shared/ui/textarea';
import { AttachmentArea } from './attachment-area';
import type { Ask, AttachedFile, Message } from './types';
import { useAttaching } from './use-attaching';
import type { ModelChoice } from './use-models';
import type { Written } from './waiting';

interface QuestionEditorProps {
  question: Message;
  choice: ModelChoice;
  /** What the server would be asked. */
  bodyOf: (written: Written, parentId: string) => Ask | undefined;
  /** Asks it in other words. Rejects when it was not taken; the words are kept as a draft then. */
  onAsk: (written: Written) => Promise<void>;
  onCancel: () => void;
}

/** A question in its place, to be put in other words. What came of the first words stays beside it. */
export function QuestionEditor({ question, choice, bodyOf, onAsk, onCancel }: QuestionEditorProps) {
  const key = `${useUser().id}.edit.${question.id}`;
  const [text, setText] = useDraft(key, question.content);
  useState(() => attachments.begin(key, question.files ?? none));
  const input = useRef<HTMLTextAreaElement>(null);
  const attaching = useAttaching({
    draft: key,
    text,
    choice,
    bodyOf: (written) => bodyOf(written, question.parent_id),
    input,
  });
  const { list, hindrance, add } = attaching;
  const files = filesOf(list);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(input.current.value.length, input.current.value.length);
  }, []);

  const better = text.trim();
  const changed = better !== question.content.trim() || idsOf(files) !== idsOf(question.files ?? none);
  const canAsk = (better !== '' || list.length > 0) && changed && hindrance === undefined;
  const ask = () => {
    if (canAsk) {
      onAsk({ text, files }).then(
        () => {
          drafts.remove(key);
          attachments.clear(key);
        },
        () => undefined, // why is on the screen
      );
    }
  };
  const cancel = () => {
    setText(question.content);
    attachments.drop(key);
    onCancel();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return; // the key belongs to the input method
    }
    if (attaching.onUndo(event)) {
      return;
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
      <DropZone label={i18n.t('Drop files to attach them')} onFiles={add} />
      <AttachmentArea attaching={attaching} onEmpty={() => input.current?.focus()} />
      <Textarea
        aria-label={i18n.t('The question in other words')}
        className="max-h-[50dvh] rounded-xl px-4 py-2.5 text-base leading-6"
        dir="auto"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={attaching.onPaste}
        ref={input}
        value={text}
      />
      <div className="flex items-center justify-end gap-2">
        <AttachButton label={i18n.t('Attach files')} onFiles={add} />
        <span className="flex-1" />
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

const none: AttachedFile[] = [];

function idsOf(files: readonly AttachedFile[]): string {
  return files.map(({ id }) => id).join();
}
