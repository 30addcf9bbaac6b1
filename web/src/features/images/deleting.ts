import { useQueryClient } from '@tanstack/react-query';
import { asProblem } from '@/shared/api/problem';
import { deleteLater, undoDelete } from '@/shared/lib/delete-later';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { changeJob, lookAgain } from './cache';
import { titleOf } from './names';
import { tilesOf } from './tiles';
import type { ImageFile, ImageJob } from './types';

/** Deletes with a way back. */
export function useDeleting() {
  const client = useQueryClient();
  const remove = (kind: 'files' | 'jobs', id: string, title: string, done: () => void) => {
    deleteLater(kind, id, (error) => {
      if (error === undefined) {
        done();
        lookAgain(client);
        return;
      }
      toast({
        title: i18n.t('“{title}” was not deleted', { title }),
        description: asProblem(error).message,
        error: true,
      });
    });
    toast({
      title: i18n.t('“{title}” is deleted', { title }),
      action: { label: i18n.t('Undo'), run: () => undoDelete(id) },
    });
  };
  /** Everything that was made together. */
  const deleteJob = (job: ImageJob) =>
    remove('jobs', job.id, titleOf(job), () => changeJob(client, job.id, () => undefined));
  return {
    deleteJob,
    /** One picture; with the last one goes what is left of the others. */
    deletePicture: (job: ImageJob, file: ImageFile, deleted: ReadonlySet<string>) => {
      if (tilesOf(job, deleted).every((tile) => tile.kind === 'picture' && tile.file.id === file.id)) {
        deleteJob(job);
        return;
      }
      remove('files', file.id, titleOf(job, file), () =>
        changeJob(client, job.id, (old) => ({
          ...old,
          result: old.result && { ...old.result, files: old.result.files.filter(({ id }) => id !== file.id) },
        })),
      );
    },
  };
}
