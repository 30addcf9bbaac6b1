import { useEffect } from 'react';
import type { AttachedFile } from '@/shared/api/types';
import { attachments, useAttachments } from '@/shared/files/attachments';
import { drafts, ownDrafts, useDraft } from '@/shared/lib/drafts';
import { newName } from '@/shared/lib/new-name';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { type Settings, usual } from './settings';

/** What is about to be made. */
export interface Wish {
  prompt: string;
  settings: Settings;
  /** Pictures that go along and belong to something else already; undefined: those that are there stay. */
  files?: readonly AttachedFile[];
}

/** The composers that are on the screen, by their draft: a wish may come back when the page has come anew. */
const onScreen = new Map<string, (prompt: string, stored: string) => void>();

const ending = '.settings';

/** What is in the composer. It is kept until the server has it. */
export function useWish(draft: string) {
  const [prompt, setPrompt] = useDraft(draft);
  const [stored, setStored] = useDraft(draft + ending);
  const list = useAttachments(draft);
  useEffect(() => {
    const put = (words: string, wishes: string) => {
      setPrompt(words);
      setStored(wishes);
    };
    onScreen.set(draft, put);
    return () => {
      if (onScreen.get(draft) === put) {
        onScreen.delete(draft);
      }
    };
  });
  const settings: Settings = stored === '' ? usual : { ...usual, ...(JSON.parse(stored) as Partial<Settings>) };
  const setSettings = (next: Settings) => setStored(JSON.stringify(next));

  /** Puts another wish in the place of this one, which can be brought back. */
  const replace = (wish: Wish): void => {
    const loses =
      (prompt.trim() !== '' && prompt !== wish.prompt) ||
      (settings.negative.trim() !== '' && settings.negative !== wish.settings.negative) ||
      (wish.files !== undefined && list.length > 0);
    const aside = putAside(draft);
    setPrompt(wish.prompt);
    setSettings(wish.settings);
    if (wish.files) {
      attachments.move(draft, aside);
      attachments.include(draft, wish.files);
    }
    if (loses) {
      toast({
        title: i18n.t('What you had written is replaced'),
        action: {
          label: i18n.t('Undo'),
          run: () => {
            bringBack(draft, prompt, stored);
            if (wish.files) {
              attachments.clear(draft);
              attachments.move(aside, draft);
            }
          },
        },
      });
    }
  };
  return { prompt, setPrompt, settings, setSettings, list, replace };
}

/** Where pictures go that may come back: the last ones. What is being uploaded goes on there. */
let lastAside: string | undefined;

function putAside(draft: string): string {
  const beginning = `${draft}.before.`;
  if (lastAside !== undefined) {
    attachments.clear(lastAside);
  }
  drafts.removeAll(beginning); // also what a page that is gone has left
  lastAside = beginning + newName();
  return lastAside;
}

function bringBack(draft: string, prompt: string, stored: string): void {
  const put = onScreen.get(draft);
  if (put) {
    put(prompt, stored);
  } else {
    ownDrafts.write(draft, prompt);
    ownDrafts.write(draft + ending, stored);
  }
}
