const bytes = 16;

/** A random name. Unlike randomUUID it is also there on a page without https. */
export function newName(): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
