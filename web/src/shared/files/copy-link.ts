import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';

/** Puts an address of the file into the clipboard that others can open, and says so. */
export async function copyLink(fileId: string): Promise<void> {
  try {
    const { url } = await answer(api.POST('/api/v1/files/{id}/link', { params: { path: { id: fileId } } }));
    await navigator.clipboard.writeText(url);
    toast({
      title: i18n.t('The link is copied'),
      description: i18n.t('It works for 24 hours, for everybody who has it.'),
    });
  } catch (error) {
    toast({
      title: i18n.t('The link was not copied'),
      description:
        error instanceof DOMException ? i18n.t('The browser did not allow copying.') : asProblem(error).message,
      error: true,
    });
  }
}
