/** What has the focus after one of a list is gone: the next one, else the one before. */
export function nextTo(ids: readonly string[], gone: string): string | undefined {
  const at = ids.indexOf(gone);
  return ids[at + 1] ?? ids[at - 1];
}
