import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { asProblem } from '@/shared/api/problem';
import { deleteLater, undoDelete } from '@/shared/lib/delete-later';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { chatKeys } from './queries';

/** Deletes with a way back. */
export function useDelete(): (conversation: { id: string; title: string }) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { conversationId } = useParams({ strict: false });
  return ({ id, title }) => {
    if (conversationId === id) {
      void navigate({ to: '/chat/{-$conversationId}', params: { conversationId: undefined } });
    }
    deleteLater('conversations', id, (error) => {
      if (error !== undefined) {
        toast({
          title: i18n.t('“{title}” was not deleted', { title }),
          description: asProblem(error).message,
          error: true,
        });
        return;
      }
      client.removeQueries({ queryKey: chatKeys.conversation(id) });
      void client.invalidateQueries({ queryKey: chatKeys.lists });
    });
    toast({
      title: i18n.t('“{title}” is deleted', { title }),
      action: { label: i18n.t('Undo'), run: () => undoDelete(id) },
    });
  };
}
