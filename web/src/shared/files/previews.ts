import type { AttachedFile } from '@/shared/api/types';
import { addressOf } from './attachment';

/** How many pictures a tab keeps after they were sent. */
const most = 40;

const kept = new Map<string, string>();

/** The pictures that were uploaded in this tab: what was sent shows at once, and is not fetched. */
export const previews = {
  /** Keeps the address of a file's picture, or forgets it where there is no file. */
  keep: (fileId: string | undefined, address: string): void => {
    if (fileId === undefined) {
      URL.revokeObjectURL(address);
      return;
    }
    kept.set(fileId, address);
    const [oldest] = kept;
    if (oldest && kept.size > most) {
      URL.revokeObjectURL(oldest[1]);
      kept.delete(oldest[0]);
    }
  },
  /** Where a picture comes from soonest. */
  of: ({ id }: Pick<AttachedFile, 'id'>): string => kept.get(id) ?? addressOf(id),
};
