import { useEffect, useRef } from 'react';
import { drafts } from '@/shared/lib/drafts';
import type { Message } from './types';
import type { Written } from './waiting';

/** Under which a question lies while it is on its way to the server. */
export const unsentKey = (draftKey: string) => `${draftKey}.unsent`;

/** The unsent questions that this tab is sending right now. */
export const sending = new Set<string>();

/** A question that a tab took with it before the server had it comes back, once. */
export function useUnsent(draftKey: string, ready: boolean, restore: (unsent: Written) => void): void {
  const latest = useRef(restore);
  useEffect(() => {
    latest.current = restore;
  });
  useEffect(() => {
    const key = unsentKey(draftKey);
    const unsent = ready && !sending.has(key) ? drafts.read<Written>(key) : undefined;
    if (unsent === undefined) {
      return;
    }
    drafts.remove(key);
    latest.current(unsent);
  }, [draftKey, ready]);
}

/** Whether a message says the same and brings the same files. */
export function isSame({ text, files = [] }: Written, message: Message | undefined): boolean {
  const ids = message?.files?.map(({ id }) => id) ?? [];
  return message?.content === text && ids.join() === files.map(({ id }) => id).join();
}

export function joined(first: string, second: string): string {
  return [first, second].filter((text) => text !== '').join('\n\n');
}
