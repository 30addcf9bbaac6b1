import { ArrowUp, ListEnd, Square } from 'lucide-react';
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { AttachButton, type AttachHandle } from '@/shared/files/attach-button';
import { attachments } from '@/shared/files/attachments';
import { DropZone } from '@/shared/files/drop-zone';
import { whenRunning } from '@/shared/lib/asking';
import { useChoice } from '@/shared/lib/choice';
import { drafts, useDraft } from '@/shared/lib/drafts';
import { useCommands } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { loadMarkdown } from '@/shared/markdown/markdown';
import { Button } from '@/shared/ui/button';
import { AttachmentArea } from './attachment-area';
import { makesPictures } from './model-settings';
import { stop } from './stop';
import type { Ask, AttachedFile, Message } from './types';
import { isSame, joined, sending, unsentKey, useUnsent } from './unsent';
import { useAnswerPart } from './use-answers';
import { useAttaching } from './use-attaching';
import type { ModelChoice } from './use-models';
import type { Written } from './waiting';

export interface ComposerHandle {
  /** Puts a text into the input, for the person to change and send. */
  offer: (text: string) => void;
  /** Puts back what was written before, ahead of what is there now. */
  giveBack: (written: Written) => void;
  /** Puts a stored picture beside the text, to be changed. */
  include: (files: readonly AttachedFile[]) => void;
  focus: () => void;
}

interface ComposerProps {
  draftKey: string;
  /** The conversation's name on the screen, which stays when the server gives it an id. */
  thread: string;
  /** The answer that is being written, which can be stopped. */
  runningId: string | undefined;
  lastQuestion: Message | undefined;
  /** Puts the last question in other words. */
  onEditLast: () => void;
  /** The conversation is here. */
  ready: boolean;
  /** Whom to ask. */
  choice: ModelChoice;
  /** What the server would be asked. */
  bodyOf: (written: Written) => Ask | undefined;
  /** Rejects when the question was not taken; it comes back then. */
  onSend: (written: Written) => Promise<void>;
  /** Takes a question that is sent while an answer is being written: to wait, or to be asked now. */
  onWait: (written: Written, now: boolean) => void;
  ref: Ref<ComposerHandle>;
}

/** Where questions are written. What is typed is kept until the server has it. */
export function Composer({
  draftKey,
  thread,
  runningId,
  lastQuestion,
  ready,
  choice,
  bodyOf,
  onEditLast,
  onSend,
  onWait,
  ref,
}: ComposerProps) {
  const [text, setText] = useDraft(draftKey);
  const input = useRef<HTMLTextAreaElement>(null);
  const attaching = useAttaching({ draft: draftKey, text, choice, bodyOf, input });
  const { list, hindrance, add } = attaching;
  const picker = useRef<AttachHandle>(null);
  const ofInput = { group: i18n.t('Chat'), local: true };
  const now = useRef({ draftKey, text, thread });
  useLayoutEffect(() => {
    const before = now.current;
    now.current = { draftKey, text, thread };
    if (before.thread === thread && before.draftKey !== draftKey) {
      // A new conversation has got its id. What was written since its first question goes with it.
      drafts.remove(before.draftKey);
      attachments.move(before.draftKey, draftKey);
      setText(joined(text, before.text));
    }
  });
  useUnsent(draftKey, ready, (unsent) => {
    if (!isSame(unsent, lastQuestion)) {
      setText(joined(unsent.text, text));
      attachments.giveBack(draftKey, unsent.files ?? []);
    }
  });
  useEffect(() => {
    // On a phone the keyboard would come up and hide what was opened.
    if (draftKey !== '' && matchMedia('(pointer: fine)').matches) {
      input.current?.focus({ preventScroll: true });
    }
  }, [draftKey]);

  const offer = (offered: string) => {
    setText(offered);
    input.current?.focus();
  };
  useImperativeHandle(ref, () => ({
    offer,
    giveBack: (written) => {
      offer(joined(written.text, text));
      attachments.giveBack(draftKey, written.files ?? []);
    },
    include: (files) => {
      attachments.include(draftKey, files);
      input.current?.focus({ preventScroll: true });
    },
    focus: () => input.current?.focus({ preventScroll: true }),
  }));

  const interrupts = useChoice(whenRunning) === 'interrupt';
  const picture = makesPictures(choice.model);
  const canSend =
    (text.trim() !== '' || (list.length > 0 && !picture)) && hindrance === undefined && choice.model !== undefined;
  const send = async (interrupt = interrupts) => {
    if (!canSend) {
      return;
    }
    setText('');
    const files = attachments.take(draftKey);
    const written: Written = { text, ...(files.length > 0 && { files }) };
    if (runningId !== undefined) {
      onWait(written, interrupt);
      return;
    }
    const unsent = unsentKey(draftKey);
    sending.add(unsent);
    drafts.write(unsent, written);
    try {
      await onSend(written);
    } catch {
      // Why is on the screen. What was written is there again, before what came since.
      attachments.giveBack(draftKey, files);
      const shown = now.current.draftKey === draftKey;
      if (shown) {
        setText(joined(text, now.current.text));
      } else {
        drafts.write(draftKey, joined(text, drafts.read<string>(draftKey) ?? ''));
      }
    }
    drafts.remove(unsent);
    sending.delete(unsent);
  };

  useCommands([
    {
      id: 'chat.input',
      label: i18n.t('Go to the input'),
      group: ofInput.group,
      keys: '/',
      run: () => input.current?.focus(),
    },
    { ...ofInput, id: 'chat.send', label: i18n.t('Send'), keys: 'enter', run: () => void send(), hidden: true },
    {
      ...ofInput,
      id: 'chat.interrupt',
      label: i18n.t('Stop the answer and send'),
      keys: 'mod+enter',
      run: () => void send(true),
      hidden: true,
    },
    { ...ofInput, id: 'chat.line', label: i18n.t('New line'), keys: 'shift+enter', run: () => undefined, hidden: true },
    { id: 'chat.attach', label: i18n.t('Attach files'), group: ofInput.group, run: () => picker.current?.pick() },
    { ...ofInput, id: 'chat.edit', label: i18n.t('Edit the last question'), keys: 'arrowup', run: onEditLast },
  ]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return; // the key belongs to the input method
    }
    if (attaching.onUndo(event)) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void (event.ctrlKey || event.metaKey ? send(true) : send());
    } else if (
      event.key === 'ArrowUp' &&
      text === '' &&
      list.length === 0 &&
      lastQuestion !== undefined &&
      runningId === undefined
    ) {
      event.preventDefault();
      onEditLast();
    }
  };

  return (
    <form
      className="rounded-xl border border-input bg-background p-2 shadow-xs has-[textarea:focus-visible]:border-ring"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <DropZone label={i18n.t('Drop files to attach them')} onFiles={add} />
      <AttachmentArea attaching={attaching} onEmpty={() => input.current?.focus()} />
      <div className="flex items-end gap-1">
        <AttachButton label={i18n.t('Attach files')} onFiles={add} ref={picker} />
        {/* The copy of the text behind the input makes the form as high as the text needs. */}
        <div
          className="wrap-anywhere grid max-h-[40dvh] min-w-0 flex-1 overflow-y-auto whitespace-pre-wrap text-base leading-6 after:invisible after:px-2 after:py-1.5 pointer-coarse:after:py-2.5 after:content-[attr(data-text)_'_'] after:[grid-area:1/1]"
          data-text={text}
        >
          <textarea
            aria-label={i18n.t('Your question')}
            className="resize-none overflow-hidden bg-transparent px-2 py-1.5 outline-none pointer-coarse:py-2.5 [grid-area:1/1] placeholder:text-muted-foreground"
            dir="auto"
            onChange={(event) => {
              void loadMarkdown();
              setText(event.target.value);
            }}
            onKeyDown={onKeyDown}
            onPaste={attaching.onPaste}
            placeholder={placeholderFor(picture, runningId !== undefined)}
            ref={input}
            rows={1}
            value={text}
          />
        </div>
        {runningId === undefined ? (
          <Button
            aria-label={i18n.t('Send')}
            className="rounded-lg"
            disabled={!canSend}
            size="icon"
            type="submit"
            variant="primary"
          >
            <ArrowUp aria-hidden={true} />
          </Button>
        ) : (
          <>
            {canSend && <SendDuringAnswer now={interrupts} />}
            <StopButton answerId={runningId} />
          </>
        )}
      </div>
    </form>
  );
}

function placeholderFor(picture: boolean, running: boolean): string {
  if (picture) {
    return i18n.t('Describe a picture');
  }
  return running ? i18n.t('Ask the next thing') : i18n.t('Ask anything');
}

function SendDuringAnswer({ now }: { now: boolean }) {
  const label = now ? i18n.t('Stop the answer and send') : i18n.t('Send when the answer is complete');
  return (
    <Button aria-label={label} className="rounded-lg" size="icon" title={label} type="submit" variant="primary">
      {now ? <ArrowUp aria-hidden={true} /> : <ListEnd aria-hidden={true} />}
    </Button>
  );
}

/** Closes what lies over the page before Esc stops anything. */
const overlay = '[role="dialog"], [role="listbox"], [role="menu"]';

function StopButton({ answerId }: { answerId: string }) {
  const stopping = useAnswerPart(answerId, isStopping);
  useCommands([
    {
      id: 'chat.stop',
      label: i18n.t('Stop the answer'),
      group: i18n.t('Chat'),
      keys: 'escape',
      run: () => {
        if (!document.querySelector(overlay)) {
          void stop(answerId);
        }
      },
    },
  ]);
  return (
    <Button aria-label={i18n.t('Stop')} busy={stopping} onClick={() => void stop(answerId)} size="icon" type="button">
      <Square aria-hidden={true} className="fill-current" />
    </Button>
  );
}

const isStopping = (state: { stopping: boolean }) => state.stopping;
