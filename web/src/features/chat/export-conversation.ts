import { asProblem, offlineProblem, problemOf } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';

export type ExportFormat = 'markdown' | 'json';

const notAllowed = 405;

/** Downloads a conversation under the name that the server gives it. */
export async function exportConversation(id: string, format: ExportFormat): Promise<void> {
  const address = `/api/v1/conversations/${encodeURIComponent(id)}/export?format=${format}`;
  try {
    await mayBeHad(address);
  } catch (error) {
    toast({
      title: i18n.t('The conversation was not exported'),
      description: asProblem(error).message,
      error: true,
    });
    return;
  }
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}

/** A download that fails says nothing to the page, so the page asks before. */
async function mayBeHad(address: string): Promise<void> {
  const ask = (method: string) =>
    fetch(address, { method, cache: 'no-store' }).catch((error: unknown) => {
      throw offlineProblem(error);
    });
  const head = await ask('HEAD');
  if (head.ok || head.status === notAllowed) {
    return;
  }
  const refusal = await ask('GET'); // with the reason, which a HEAD has not
  if (!refusal.ok) {
    throw await problemOf(refusal);
  }
}
