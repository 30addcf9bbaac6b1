import { drafts } from '@/shared/lib/drafts';
import { newName } from '@/shared/lib/new-name';
import type { AttachedFile, ChatSettings } from './types';

/** What a person has written to be asked. */
export interface Written {
  text: string;
  /** What is attached. */
  files?: readonly AttachedFile[];
}

/** A question that was sent while an answer was being written. */
export interface WaitingQuestion extends Written {
  /** Also the key of its request: however often, and from however many tabs, it is asked once. */
  readonly id: string;
  readonly model: string;
  readonly settings: ChatSettings;
  /** The model answers with a picture. */
  readonly picture?: boolean;
  /** The answer that was being written. On another branch than that it is not asked by itself. */
  readonly after: string;
  /** It does not wait for an answer that ends well: the person wants it next. */
  now?: boolean;
  /** It was not taken, or the person stopped it; it asks what to do. */
  held?: boolean;
  /** What it follows, from the moment it is asked: the same request again must say the same. */
  parentId?: string;
}

const none: readonly WaitingQuestion[] = [];

/**
 * The questions that wait, by the draft key of their conversation. They lie
 * with the drafts, so they outlive the tab; all tabs see the same.
 */
export class Waiting {
  readonly #lists = new Map<string, readonly WaitingQuestion[]>();
  readonly #underWay = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor() {
    globalThis.addEventListener?.('storage', (event) => {
      if (event.key === null || event.key.endsWith(ending)) {
        this.#lists.clear();
        this.#tell();
      }
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** All that wait, in their order; the same array until something changes. */
  of(key: string): readonly WaitingQuestion[] {
    let list = this.#lists.get(key);
    if (!list) {
      list = (drafts.read<WaitingQuestion[]>(key + ending) ?? none).filter(({ id }) => !this.#underWay.has(id));
      this.#lists.set(key, list);
    }
    return list;
  }

  add(key: string, question: Omit<WaitingQuestion, 'id'>): void {
    const named = { ...question, id: newName() };
    // What is wanted next goes before what waits.
    this.#write(key, (list) => (question.now ? [named, ...list] : [...list, named]));
  }

  /** Changes one; undefined when it is not there any more. */
  change(key: string, id: string, part: Partial<WaitingQuestion>): WaitingQuestion | undefined {
    let changed: WaitingQuestion | undefined;
    this.#write(key, (list) =>
      list.map((question) => {
        if (question.id !== id) {
          return question;
        }
        changed = { ...question, ...part };
        return changed;
      }),
    );
    return changed;
  }

  /** Puts one before the others, to be asked as soon as nothing is being written. */
  first(key: string, id: string): void {
    this.#write(key, (list) => {
      const question = list.find((each) => each.id === id);
      const rest = list.filter((each) => each.id !== id);
      return question ? [{ ...question, now: true, held: false }, ...rest] : rest;
    });
  }

  remove(key: string, id: string): void {
    this.#write(key, (list) => list.filter((question) => question.id !== id));
  }

  /** A new conversation has got its id. */
  move(from: string, to: string): void {
    const moved = this.of(from);
    if (moved.length > 0) {
      this.#write(from, () => []);
      this.#write(to, (list) => [...list, ...moved]);
    }
  }

  /**
   * One is about to be asked; it is shown in the conversation meanwhile. It
   * stays with the drafts until the server has it.
   */
  begin(key: string, id: string, parentId: string): WaitingQuestion | undefined {
    const fresh = (drafts.read<WaitingQuestion[]>(key + ending) ?? none).find((each) => each.id === id);
    if (this.#underWay.has(id)) {
      return undefined;
    }
    if (!fresh) {
      this.#forget(key); // another tab has asked it
      return undefined;
    }
    const question = this.change(key, id, { parentId: fresh.parentId ?? parentId });
    this.#underWay.add(id);
    this.#forget(key);
    return question;
  }

  /** The server has it. */
  taken(key: string, id: string): void {
    this.remove(key, id);
    this.#underWay.delete(id);
    this.#forget(key);
  }

  /** It was not taken; the next try is a request of its own. */
  refused(key: string, id: string): void {
    this.#underWay.delete(id);
    this.#write(key, (list) =>
      list.map((question) => {
        if (question.id !== id) {
          return question;
        }
        const { parentId: _, ...rest } = question;
        return { ...rest, id: newName(), now: false, held: true };
      }),
    );
  }

  #write(key: string, change: (list: readonly WaitingQuestion[]) => readonly WaitingQuestion[]): void {
    const list = change(drafts.read<WaitingQuestion[]>(key + ending) ?? none);
    if (list.length === 0) {
      drafts.remove(key + ending);
    } else {
      drafts.write(key + ending, list);
    }
    this.#forget(key);
  }

  #forget(key: string): void {
    this.#lists.delete(key);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

const ending = '.waiting';

export const waiting = new Waiting();

/** Where a conversation stands, as far as those who wait are concerned. */
export interface Standing {
  /** An answer is being written, or a question is on its way. */
  busy: boolean;
  /** The answer that is shown last has ended well. */
  well: boolean;
  /** Whether an answer is on another branch than the one that is shown. */
  elsewhere: (messageId: string) => boolean;
}

/** The question whose turn it is; undefined while there is none. */
export function nextOf(
  list: readonly WaitingQuestion[],
  { busy, well, elsewhere }: Standing,
): WaitingQuestion | undefined {
  const [first] = list;
  if (busy || !first || first.held) {
    return undefined;
  }
  return first.now || (well && !elsewhere(first.after)) ? first : undefined;
}
