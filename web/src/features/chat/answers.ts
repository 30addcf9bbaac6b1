import type { Source } from '@/shared/stream/follow';
import { LiveAnswer, type Owner } from './live-answer';
import type { AttachedFile } from './types';

/** How long an answer is read on when nobody looks at it, in milliseconds: long enough to turn a page. */
const lingering = 2000;

/** A question, or a wish for another answer, that the server's copy does not hold yet. */
export interface Pending {
  /** Names of the two messages until the server gives them ids, and on the screen also after that. */
  readonly questionId: string;
  readonly answerId: string;
  /** Null: another answer to a question that is there. */
  readonly question: string | null;
  /** What is attached to the question. */
  readonly files?: readonly AttachedFile[];
  /** What it follows; for another answer: the question. */
  readonly parentId: string;
  readonly model: string;
  readonly createdAt: string;
}

/**
 * What this tab is reading and what is on its way to the server. An answer is
 * read while somebody looks at it: a browser opens only six lines to a server,
 * and the answer goes on without readers.
 */
export class Answers {
  readonly #live = new Map<string, LiveAnswer>();
  readonly #readers = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();
  readonly #names = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #newThreads = 1;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #changed(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }

  /** What is on its way in a conversation; one thing at a time. */
  pendingIn(conversation: string): Pending | undefined {
    return this.#pending.get(conversation);
  }

  setPending(conversation: string, pending: Pending | undefined): void {
    if (pending) {
      this.#pending.set(conversation, pending);
    } else {
      this.#pending.delete(conversation);
    }
    this.#changed();
  }

  /** The thread of a new conversation until it has an id. Its first question gives it one. */
  get newThread(): string {
    return `new-${this.#newThreads}`;
  }

  /** Makes place for another new conversation. */
  startNewThread(): void {
    this.#pending.delete(this.newThread);
    this.#newThreads += 1;
    this.#changed();
  }

  /** What a message or conversation is called on the screen; it stays when the server names it. */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  setName(id: string, name: string): void {
    this.#names.set(id, name);
  }

  /** The answer that is being read into a message. */
  of(messageId: string): LiveAnswer | undefined {
    return this.#live.get(this.nameOf(messageId));
  }

  /** Begins to read an answer into a message, unless it is being read already. */
  read(messageId: string, source: Source, owner: Owner): void {
    if (this.of(messageId)) {
      return;
    }
    const answer = this.open(messageId, owner);
    void answer.run(source); // a job's answer settles through its owner
  }

  /** Makes a place for an answer, for the caller to run. */
  open(messageId: string, owner: Owner): LiveAnswer {
    const answer = new LiveAnswer(owner);
    this.#live.set(this.nameOf(messageId), answer);
    this.#changed();
    return answer;
  }

  /** Forgets an answer whose message is complete. */
  forget(messageId: string): void {
    if (this.#live.delete(this.nameOf(messageId))) {
      this.#changed();
    }
  }

  /** Keeps an answer read. Call the result when nobody looks at it any more. */
  hold(messageId: string): () => void {
    const name = this.nameOf(messageId);
    this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    return () => {
      const left = (this.#readers.get(name) ?? 1) - 1;
      if (left > 0) {
        this.#readers.set(name, left);
      } else {
        this.#readers.delete(name);
      }
      this.closeUnlessHeld(messageId);
    };
  }

  /** Stops reading an answer soon, if nobody looks at it then. */
  closeUnlessHeld(messageId: string): void {
    setTimeout(() => {
      const name = this.nameOf(messageId);
      const answer = this.#live.get(name);
      // Before it has begun, nobody could find it again.
      if (this.#readers.has(name) || answer?.jobId === undefined) {
        return;
      }
      answer.close();
      this.#live.delete(name);
    }, lingering);
  }
}

export const answers = new Answers();
