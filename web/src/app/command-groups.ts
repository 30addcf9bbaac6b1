import type { Command } from '@/shared/lib/shortcuts';

/** Commands under their headings, in the order in which those appear. */
export function grouped<T extends Command>(commands: readonly T[]): { name: string; items: T[] }[] {
  return [...Map.groupBy(commands, ({ group }) => group)].map(([name, items]) => ({ name, items }));
}
