import { useSyncExternalStore } from 'react';
import { api } from '@/shared/api/client';
import { asProblem, offlineProblem } from '@/shared/api/problem';
import type { AttachedFile, ImageLimits } from '@/shared/api/types';
import { ownDrafts } from '@/shared/lib/drafts';
import { newName } from '@/shared/lib/new-name';
import { i18n } from '@/shared/lib/text';
import { type Attachment, addressOf, filesOf, fromStored, type Stored, toStored } from './attachment';
import type { Prepared, Wanted } from './attachment-prepare';
import { upload } from './attachment-upload';
import { previews } from './previews';
import { Turns } from './turns';

/** The most files that go with a question. */
export const mostFiles = 20;

/** How many are uploaded at once; a browser opens only six lines to a server. */
const atOnce = 3;

export interface AddOptions {
  /** What the model takes of pictures. */
  images?: ImageLimits | undefined;
  /** Whether something else than a picture is refused. */
  wanted?: Wanted;
  /** They are long texts from the clipboard. */
  pasted?: boolean;
}

/** What the store needs of the world; tests give their own. */
export interface Means {
  /** Checks a file and scales a picture down. Rejects with a Problem. */
  prepare: (file: File, images: ImageLimits | undefined, wanted?: Wanted) => Promise<Prepared>;
  upload: (file: File, onProgress: (fraction: number) => void, signal: AbortSignal) => Promise<AttachedFile>;
  /** Lets the server forget a file that nobody sends. */
  discard: (id: string) => void;
}

const browser: Means = {
  prepare: async (file, images, wanted) => {
    const { prepare } = await import('./attachment-prepare').catch((error: unknown) => {
      throw offlineProblem(error);
    });
    return prepare(file, images, wanted);
  },
  upload,
  discard: (id) => {
    // What is not deleted now, the server sweeps in a week.
    api.DELETE('/api/v1/files/{id}', { params: { path: { id } } }).catch(() => undefined);
  },
};

interface Work {
  source: File;
  images: ImageLimits | undefined;
  wanted: Wanted | undefined;
  prepared?: Prepared;
  abort: AbortController;
}

const ending = '.files';

/**
 * The files of the questions that are being written, by draft key. What the
 * server has lies with the drafts and outlives a reload; uploads go on while
 * the person looks at something else.
 */
export class Attachments {
  readonly #means: Means;
  readonly #lists = new Map<string, readonly Attachment[]>();
  /** Drafts that began with files; an empty list says there that they were taken out. */
  readonly #begun = new Set<string>();
  readonly #work = new Map<string, Work>();
  readonly #listeners = new Set<() => void>();
  readonly #turns = new Turns(atOnce);
  readonly #said = new Map<string, string>();

  constructor(means: Means = browser) {
    this.#means = means;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What became of the last file of a draft, for a screen reader. */
  said(draft: string): string {
    return this.#said.get(draft) ?? '';
  }

  /** All of a draft; the same array until something changes. */
  of(draft: string): readonly Attachment[] {
    let list = this.#lists.get(draft);
    if (!list) {
      list = (ownDrafts.read<Stored[]>(draft + ending) ?? []).map(fromStored);
      this.#lists.set(draft, list);
    }
    return list;
  }

  /** Adds files and begins to upload them. Returns how many there was no room for. */
  add(draft: string, files: readonly File[], { images, wanted, pasted = false }: AddOptions = {}): number {
    const room = Math.max(0, mostFiles - this.of(draft).length);
    const added = files.slice(0, room).map((source): Attachment => {
      const key = newName();
      this.#work.set(key, { source, images, wanted, abort: new AbortController() });
      return { key, name: source.name, size: source.size, state: 'preparing', fraction: 0, ...(pasted && { pasted }) };
    });
    this.#set(draft, [...this.of(draft), ...added]);
    for (const { key } of added) {
      void this.#run(draft, key);
    }
    return files.length - added.length;
  }

  /** Tries one again that failed. */
  retry(draft: string, key: string): void {
    this.#change(draft, key, { state: 'preparing', fraction: 0 });
    void this.#run(draft, key);
  }

  /** Takes one out; an upload ends. */
  remove(draft: string, key: string): void {
    const gone = this.of(draft).find((each) => each.key === key);
    if (!gone) {
      return;
    }
    this.#forget(gone);
    if (gone.file && !gone.kept) {
      this.#means.discard(gone.file.id);
    }
    this.#said.set(draft, i18n.t('{name} removed', { name: gone.name }));
    this.#set(
      draft,
      this.of(draft).filter((each) => each.key !== key),
    );
  }

  /** Takes those out that the server has no more. */
  lose(draft: string, ids: readonly string[]): void {
    const gone = this.of(draft).filter(({ file }) => file && ids.includes(file.id));
    for (const each of gone) {
      this.#forget(each);
    }
    this.#set(
      draft,
      this.of(draft).filter((each) => !gone.includes(each)),
    );
  }

  /** Takes those out that the server has, to be sent. */
  take(draft: string): readonly AttachedFile[] {
    const files = filesOf(this.of(draft));
    this.clear(draft);
    return files;
  }

  /** Puts files back that were not sent after all, before what was added since. */
  giveBack(draft: string, files: readonly AttachedFile[]): void {
    const here = this.of(draft);
    this.#set(draft, [...this.#missing(draft, files).map((file) => fromStored({ key: newName(), file })), ...here]);
  }

  /** Adds files that belong to something else already: taking them out deletes nothing. */
  include(draft: string, files: readonly AttachedFile[]): void {
    const added = this.#missing(draft, files).map((file) => fromStored({ key: newName(), file, kept: true }));
    this.#set(draft, [...this.of(draft), ...added]);
    const last = files.at(-1);
    if (last) {
      this.#said.set(draft, i18n.t('{name} attached', { name: last.name }));
    }
  }

  /** Those that a draft has not. */
  #missing(draft: string, files: readonly AttachedFile[]): AttachedFile[] {
    const here = this.of(draft);
    return files.filter(({ id }) => !here.some(({ file }) => file?.id === id));
  }

  /** Begins a draft with the files of a message, unless it has been begun. */
  begin(draft: string, files: readonly AttachedFile[]): void {
    this.#begun.add(draft);
    if (!this.#lists.get(draft)?.length && ownDrafts.read(draft + ending) === undefined) {
      this.#lists.set(
        draft,
        files.map((file) => fromStored({ key: file.id, file, kept: true })),
      );
    }
  }

  /** A new conversation has got its id. What is under way for it goes on. */
  move(from: string, to: string): void {
    const moved = this.of(from);
    if (moved.length > 0) {
      this.#set(from, []);
      this.#set(to, [...this.of(to), ...moved]);
    }
  }

  /** Forgets a draft, and lets the server forget what was added to it. */
  drop(draft: string): void {
    for (const { file, kept } of this.of(draft)) {
      if (file && !kept) {
        this.#means.discard(file.id);
      }
    }
    this.clear(draft);
  }

  /** Forgets a draft, and ends what is under way for it. */
  clear(draft: string): void {
    for (const each of this.of(draft)) {
      this.#forget(each);
    }
    this.#lists.delete(draft);
    this.#begun.delete(draft);
    this.#said.delete(draft);
    ownDrafts.remove(draft + ending);
    this.#tell();
  }

  /** The words of a pasted text. */
  async textOf({ key, file }: Attachment): Promise<string> {
    const source = this.#work.get(key)?.source;
    if (source) {
      return source.text();
    }
    const response = await fetch(addressOf(file?.id ?? ''));
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    return response.text();
  }

  async #run(draft: string, key: string): Promise<void> {
    const work = this.#work.get(key);
    if (!work) {
      return;
    }
    const { signal } = work.abort;
    let uploading = false;
    try {
      const prepared = work.prepared ?? (await this.#means.prepare(work.source, work.images, work.wanted));
      if (signal.aborted) {
        return;
      }
      work.prepared = prepared;
      const { file, scaled, picture } = prepared;
      const preview = picture ? (this.#find(key)?.preview ?? URL.createObjectURL(file)) : undefined;
      this.#change(this.#draftOf(key, draft), key, {
        name: file.name,
        size: file.size,
        scaled,
        state: 'waiting',
        ...(preview && { preview }),
      });
      await this.#turns.take();
      uploading = true;
      if (signal.aborted) {
        return;
      }
      this.#change(this.#draftOf(key, draft), key, { state: 'uploading' });
      const onProgress = (fraction: number) => {
        const shown = Math.floor(fraction * 100) / 100;
        if (shown !== this.#find(key)?.fraction) {
          this.#change(this.#draftOf(key, draft), key, { fraction: shown });
        }
      };
      const stored = await this.#means.upload(file, onProgress, signal);
      if (signal.aborted) {
        this.#means.discard(stored.id);
        return;
      }
      this.#said.set(this.#draftOf(key, draft), i18n.t('{name} attached', { name: stored.name }));
      this.#change(this.#draftOf(key, draft), key, {
        state: 'ready',
        fraction: 1,
        name: stored.name,
        size: stored.size,
        file: stored,
      });
    } catch (error) {
      if (!signal.aborted) {
        const problem = asProblem(error);
        const { name } = work.source;
        this.#said.set(
          this.#draftOf(key, draft),
          i18n.t('{name} could not be attached: {reason}', { name, reason: problem.message }),
        );
        this.#change(this.#draftOf(key, draft), key, { state: 'failed', problem });
      }
    } finally {
      if (uploading) {
        this.#turns.leave();
      }
    }
  }

  /** The draft that has a file now; it may have moved. */
  #draftOf(key: string, before: string): string {
    const here = [...this.#lists].find(([, list]) => list.some((each) => each.key === key));
    return here?.[0] ?? before;
  }

  #find(key: string): Attachment | undefined {
    return [...this.#lists.values()].flat().find((each) => each.key === key);
  }

  #change(draft: string, key: string, part: Partial<Attachment>): void {
    this.#set(
      draft,
      this.of(draft).map((each) => (each.key === key ? { ...each, ...part } : each)),
    );
  }

  #forget({ key, file, preview }: Attachment): void {
    this.#work.get(key)?.abort.abort();
    this.#work.delete(key);
    if (preview !== undefined) {
      previews.keep(file?.id, preview);
    }
  }

  #set(draft: string, list: readonly Attachment[]): void {
    this.#lists.set(draft, list);
    const stored = toStored(list);
    if (stored.length > 0 || this.#begun.has(draft)) {
      ownDrafts.write(draft + ending, stored);
    } else {
      ownDrafts.remove(draft + ending);
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

export const attachments = new Attachments();

export function useAttachments(draft: string): readonly Attachment[] {
  return useSyncExternalStore(attachments.subscribe, () => attachments.of(draft));
}
