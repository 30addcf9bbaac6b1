import { useMemo } from 'react';
import { drafts, useDraft } from '@/shared/lib/drafts';
import type { ChatSettings, Conversation } from './types';

const none: ChatSettings = {};

/**
 * A conversation's settings. The server keeps those of the last question; what
 * was changed since then is a draft like the text of the next one.
 */
export function useSettings(
  draftKey: string,
  conversation: Conversation | undefined,
): [ChatSettings, (settings: ChatSettings | undefined) => void] {
  const key = `${draftKey}.settings`;
  const [draft, setDraft] = useDraft(key);
  const settings = useMemo(
    () => (draft === '' ? (conversation?.settings ?? none) : (JSON.parse(draft) as ChatSettings)),
    [draft, conversation?.settings],
  );
  const set = (next: ChatSettings | undefined) => {
    setDraft(next ? JSON.stringify(next) : '');
    if (!next) {
      drafts.remove(key); // at once: the page may be another one's before it renders
    }
  };
  return [settings, set];
}
