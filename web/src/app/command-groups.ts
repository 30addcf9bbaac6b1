import type { Command } from '@/shared/lib/shortcuts';

/** Commands under their headings, in the order in which those appear. */
export function grouped(commands: readonly Command[]): { name: string; items: Command[] }[] {
  return [...Map.groupBy(commands, ({ group }) => group)].map(([name, items]) => ({ name, items }));
}
