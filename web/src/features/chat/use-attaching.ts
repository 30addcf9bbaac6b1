import { useQueryClient } from '@tanstack/react-query';
import { type ClipboardEvent, useEffect, useSyncExternalStore } from 'react';
import { sessionKey } from '@/shared/api/session';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { filesIn, hindranceOf, limitsFor } from './attaching';
import { attachments, mostFiles, useAttachments } from './attachments';
import type { ModelChoice } from './use-models';

const unauthenticated = 401;

/** The files of one draft, and the ways in which they come. */
export function useAttaching(draft: string, { model, models }: ModelChoice) {
  const client = useQueryClient();
  const list = useAttachments(draft);
  const signedOut = list.some(({ problem }) => problem?.status === unauthenticated);
  useEffect(() => {
    if (signedOut) {
      void client.invalidateQueries({ queryKey: sessionKey });
    }
  }, [client, signedOut]);

  const add = (files: readonly File[], pasted = false) => {
    const left = attachments.add(draft, files, { images: limitsFor(models, model), pasted });
    if (left > 0) {
      toast({
        title: i18n.t('{most} files go with one question', { most: mostFiles }),
        description: i18n.t('{left, plural, one {# file was} other {# files were}} left out.', { left }),
        error: true,
      });
    }
  };
  return {
    list,
    hindrance: hindranceOf(list, model),
    add,
    onPaste: (event: ClipboardEvent) => {
      const { files, pasted } = filesIn(event.clipboardData);
      if (files.length > 0) {
        event.preventDefault();
        add(files, pasted);
      }
    },
  };
}

/** What became of the last file. */
export function useAttachmentNews(): string {
  return useSyncExternalStore(attachments.subscribe, attachments.said);
}
