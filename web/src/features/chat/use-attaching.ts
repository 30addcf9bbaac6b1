import { useQueryClient } from '@tanstack/react-query';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'react';
import { asProblem } from '@/shared/api/problem';
import { sessionKey } from '@/shared/api/session';
import { type Attachment, filesOf } from '@/shared/files/attachment';
import { attachments, mostFiles, useAttachments } from '@/shared/files/attachments';
import { matches } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { filesIn, hindranceOf, insertText, limitsFor } from './attaching';
import { makesPictures } from './model-settings';
import type { Ask } from './types';
import { useCount } from './use-count';
import type { ModelChoice } from './use-models';
import type { Written } from './waiting';

const unauthenticated = 401;

/** An input that takes files beside its text. */
interface Input {
  draft: string;
  text: string;
  choice: ModelChoice;
  /** What the server would be asked. */
  bodyOf: (written: Written) => Ask | undefined;
  input: RefObject<HTMLTextAreaElement | null>;
}

/** The files of one draft, the ways in which they come, and whether they can be sent. */
export function useAttaching({ draft, text, choice, bodyOf, input }: Input) {
  const { model, models } = choice;
  const client = useQueryClient();
  const list = useAttachments(draft);
  const signedOut = list.some(({ problem }) => problem?.status === unauthenticated);
  useEffect(() => {
    if (signedOut) {
      void client.invalidateQueries({ queryKey: sessionKey });
    }
  }, [client, signedOut]);

  const files = filesOf(list).filter(({ kind }) => kind !== 'image' || model?.images);
  const hindered = hindranceOf(list, model) === 'unread' || (makesPictures(model) && text.trim() === '');
  const counted = useCount(draft, files.length > 0 && !hindered ? bodyOf({ text, files }) : undefined);
  const lastPaste = useRef<{ key: string | undefined; text: string }>(undefined);

  const add = (added: readonly File[], pasted = false) => {
    const left = attachments.add(draft, added, { images: limitsFor(models, model), pasted });
    if (left > 0) {
      toast({
        title: i18n.t('{most} files go with one question', { most: mostFiles }),
        description: i18n.t('{left, plural, one {# file was} other {# files were}} left out.', { left }),
        error: true,
      });
    }
  };
  /** Puts the words of a pasted text into the input, where they would have gone. */
  const insert = async (attachment: Attachment) => {
    try {
      const words = await attachments.textOf(attachment);
      attachments.remove(draft, attachment.key);
      if (input.current) {
        insertText(input.current, words);
      }
    } catch (error) {
      toast({ title: i18n.t('The text is out of reach'), description: asProblem(error).message, error: true });
    }
  };
  return {
    draft,
    list,
    choice,
    counted,
    hindrance: hindranceOf(list, model, counted),
    add,
    insert,
    onPaste: (event: ClipboardEvent) => {
      const { files: found, pasted } = filesIn(event.clipboardData);
      if (found.length > 0) {
        event.preventDefault();
        add(found, pasted);
        lastPaste.current = { key: pasted ? attachments.of(draft).at(-1)?.key : undefined, text };
      }
    },
    /** Undo right after a long text has become a file makes it a text; the next one is the input's own. */
    onUndo: (event: KeyboardEvent): boolean => {
      const last = lastPaste.current;
      const attachment = list.find(({ key, pasted }) => pasted && key === last?.key);
      if (!(attachment && last?.text === text && matches('mod+z', event))) {
        return false;
      }
      event.preventDefault();
      void insert(attachment);
      return true;
    },
  };
}

export type Attaching = ReturnType<typeof useAttaching>;

/** What became of the last file of a draft. */
export function useAttachmentNews(draft: string): string {
  return useSyncExternalStore(attachments.subscribe, () => attachments.said(draft));
}
