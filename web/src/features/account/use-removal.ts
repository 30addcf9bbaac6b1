import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { asProblem, Problem } from '@/shared/api/problem';
import { declined } from '@/shared/confirm/confirm';
import { toast } from '@/shared/ui/toast';

interface Listed {
  id: string;
}

interface List {
  items: Listed[] | null;
}

interface Removal<T extends Listed> {
  queryKey: QueryKey;
  remove: (item: T) => Promise<unknown>;
  /** What is said when the server keeps it. */
  failed: (item: T) => string;
  /** What is said when it is gone. */
  removed?: (item: T) => string;
}

const goneAlready = (error: unknown) => error instanceof Problem && error.status === 404;

/** Takes something out of a list at once; it comes back with the reason when the server keeps it. */
export function useRemoval<T extends Listed>({ queryKey, remove, failed, removed }: Removal<T>): (item: T) => void {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: async (item: T) => {
      try {
        await remove(item);
      } catch (error) {
        if (!goneAlready(error)) {
          throw error;
        }
      }
    },
    onMutate: async ({ id }) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData<List>(queryKey);
      client.setQueryData<List>(
        queryKey,
        (list) => list && { ...list, items: list.items?.filter((item) => item.id !== id) ?? [] },
      );
      return before;
    },
    onSuccess: (_result, item) => {
      if (removed !== undefined) {
        toast({ title: removed(item) });
      }
    },
    onError: (error, item, before) => {
      client.setQueryData(queryKey, before);
      if (!declined(error)) {
        toast({ title: failed(item), description: asProblem(error).message, error: true });
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  return mutate;
}
