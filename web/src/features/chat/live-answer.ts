import { Problem } from '@/shared/api/problem';
import type { JobEvent } from '@/shared/stream/events';
import { followJob, type Line, type Source } from '@/shared/stream/follow';
import { createFlusher, type Flusher } from './flusher';
import type { AttachedFile, Beginning, Ending, PictureProgress } from './types';

/** What is on the screen of an answer that is being written. */
export interface AnswerState {
  readonly text: string;
  readonly reasoning: string;
  /** The picture, of a model that makes them. */
  readonly files: readonly AttachedFile[];
  readonly line: Line;
  /** The person has pressed Stop and the end is not there yet. */
  readonly stopping: boolean;
  /** It began anew after a crash. */
  readonly restarted: boolean;
}

/** Nothing of it is there yet. */
export const nothingYet: AnswerState = {
  text: '',
  reasoning: '',
  files: [],
  line: 'connecting',
  stopping: false,
  restarted: false,
};

/** How an answer ended, as far as the stream tells. */
export type Outcome =
  | { kind: 'done'; ending: Ending }
  | { kind: 'failed'; problem: Problem }
  /** The stream has nothing more to say; the stored conversation knows. */
  | { kind: 'unknown' };

export interface Owner {
  /** The server has taken the question. Called again when the answer begins anew. */
  onBegin: (beginning: Beginning) => void;
  /** Called once, with the whole answer; not after close. */
  onEnd: (outcome: Outcome, state: AnswerState) => void;
}

/**
 * An answer while it is written: a store of its own, so that a new word renders
 * one message and nothing else.
 */
export class LiveAnswer {
  #shown: AnswerState = nothingYet;
  #known: AnswerState = this.#shown;
  #outcome: Outcome = { kind: 'unknown' };
  #jobId: string | undefined;
  readonly #owner: Owner;
  readonly #leaving = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #flusher: Flusher = createFlusher(() => {
    this.#shown = this.#known;
    for (const listener of this.#listeners) {
      listener();
    }
  });

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** The job that writes it; undefined until the server has taken the question. */
  get jobId(): string | undefined {
    return this.#jobId;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): AnswerState => this.#shown;

  /**
   * Reads the answer to its end, or until close. Rejects where the question was
   * not taken: with the server's Problem, or with an AbortError after close.
   */
  async run(source: Source): Promise<void> {
    if ('jobId' in source) {
      this.#jobId = source.jobId;
    }
    try {
      await followJob(
        source,
        { onEvent: (event) => this.#take(event), onLine: (line) => this.#change({ line }) },
        this.#leaving.signal,
      );
    } catch (error) {
      if (this.#jobId === undefined) {
        throw error;
      }
      if (!(error instanceof Problem)) {
        return; // closed; it goes on without this reader
      }
    } finally {
      this.#flusher.now();
    }
    this.#owner.onEnd(this.#outcome, this.#known);
  }

  /** Shows at once that it is going to end, or that it is not after all. */
  setStopping(stopping: boolean): void {
    this.#change({ stopping });
    this.#flusher.now();
  }

  /** Stops reading. An answer that has begun goes on. */
  close(): void {
    this.#leaving.abort();
    this.#flusher.stop();
  }

  #take(event: JobEvent): void {
    switch (event.kind) {
      case 'start':
        this.#begin(event.data as Beginning);
        break;
      case 'restart':
        this.#change({ text: '', reasoning: '', files: [], restarted: true });
        this.#begin(event.data as Beginning);
        break;
      case 'text':
        this.#change({ text: this.#known.text + event.text });
        break;
      case 'reasoning':
        this.#change({ reasoning: this.#known.reasoning + event.text });
        break;
      case 'done':
        this.#outcome = { kind: 'done', ending: event.data as Ending };
        break;
      case 'error':
        this.#outcome = { kind: 'failed', problem: event.problem };
        break;
      default: {
        const { file } = event.data as PictureProgress;
        if (file) {
          this.#change({ files: [{ ...file, kind: 'image' }] });
        }
      }
    }
  }

  #begin(beginning: Beginning): void {
    this.#jobId = beginning.job_id;
    this.#owner.onBegin(beginning);
  }

  #change(part: Partial<AnswerState>): void {
    this.#known = { ...this.#known, ...part };
    this.#flusher.ask();
  }
}
