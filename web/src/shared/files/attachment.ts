import type { Problem } from '@/shared/api/problem';
import type { AttachedFile } from '@/shared/api/types';

/** A file on its way into a question. */
export interface Attachment {
  /** What this page calls it. */
  readonly key: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly state: 'preparing' | 'waiting' | 'uploading' | 'ready' | 'failed';
  /** How much of it is uploaded, from 0 to 1. */
  readonly fraction: number;
  /** As the server has it, once it does. */
  readonly file?: AttachedFile;
  readonly problem?: Problem;
  /** The picture was larger than the model takes. */
  readonly scaled?: boolean;
  /** It was a long text in the clipboard. */
  readonly pasted?: boolean;
  /** A message has it; it is not ours to delete. */
  readonly kept?: boolean;
  /** Where the picture can be seen before the server has it. */
  readonly preview?: string;
}

/** What is kept of an attachment with the drafts. */
export type Stored = Pick<Attachment, 'key' | 'scaled' | 'pasted' | 'kept'> & { file: AttachedFile };

export function fromStored(stored: Stored): Attachment {
  const { name, size } = stored.file;
  return { ...stored, name, size, state: 'ready', fraction: 1 };
}

/** Where the bytes of a file are. */
export function addressOf(fileId: string): string {
  return `/api/v1/files/${encodeURIComponent(fileId)}`;
}

/** Where a small picture of a file is; what is no picture has none. */
export function thumbnailOf(fileId: string): string {
  return `${addressOf(fileId)}/thumbnail`;
}

/** Those that the server has. */
export function filesOf(list: readonly Attachment[]): AttachedFile[] {
  return list.flatMap(({ file }) => file ?? []);
}

/** What is kept of them: those that the server has. */
export function toStored(list: readonly Attachment[]): Stored[] {
  return list.flatMap(({ key, file, scaled, pasted, kept }): Stored[] =>
    file ? [{ key, file, ...(scaled && { scaled }), ...(pasted && { pasted }), ...(kept && { kept }) }] : [],
  );
}
