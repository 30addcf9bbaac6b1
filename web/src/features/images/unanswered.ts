import { Problem } from '@/shared/api/problem';
import { drafts } from '@/shared/lib/drafts';
import { newName } from '@/shared/lib/new-name';
import { asked } from './settings';
import type { ImageJob, ImageRequest } from './types';

/** A request of which nobody knows yet whether the server has it. */
export interface Unanswered {
  /** Under which it went out: the same one again begins nothing new, and costs nothing more. */
  key: string;
  request: ImageRequest;
  /** When it first went out, by the clock of this device. */
  since: number;
  /** When the newest job began that was known then, by the server's clock; undefined: none was looked at. */
  after?: string | undefined;
}

/** Whoever asks for the same after that long means another one. */
const forgottenMs = 60 * 60_000;
const most = 10;

/** Those that a tab is sending right now: the same once more beside them is meant. */
const underWay = new Set<string>();

/** They lie with the drafts, for a tab that goes before its answer comes. */
export const unanswered = {
  of(draft: string): Unanswered[] {
    const list = drafts.read<Unanswered[]>(draft + ending) ?? [];
    return list.filter(({ since }) => Date.now() - since < forgottenMs);
  },

  /** The key of a request that goes out now: that of the same one before, of which no answer came. */
  begin(draft: string, request: ImageRequest, known: readonly ImageJob[] | undefined): string {
    const list = this.of(draft);
    const before = list.find((each) => !underWay.has(each.key) && isSame(each.request, request));
    const key = before?.key ?? newName();
    underWay.add(key);
    if (!before) {
      drafts.write(draft + ending, [{ key, request, since: Date.now(), after: newest(known) }, ...list.slice(0, most)]);
    }
    return key;
  },

  /** No answer came, or none that says what became of it. */
  leave(key: string): void {
    underWay.delete(key);
  },

  /** It is known what became of it. */
  settle(draft: string, key: string): void {
    underWay.delete(key);
    const list = this.of(draft).filter((each) => each.key !== key);
    if (list.length > 0) {
      drafts.write(draft + ending, list);
    } else {
      drafts.remove(draft + ending);
    }
  },

  /** Those that the server did get, as its jobs show. */
  found(draft: string, jobs: readonly ImageJob[]): Unanswered[] {
    return this.of(draft).filter((each) => !underWay.has(each.key) && jobs.some((job) => isOf(each, job)));
  },
};

const ending = '.unanswered';

/** Whether a refusal leaves open if the job has begun: no answer came, or the server broke on its way to one. */
export function isOpen(refusal: unknown): boolean {
  return !(refusal instanceof Problem) || refusal.status < 400 || refusal.status >= 500;
}

/** Whether two requests ask for the same. */
export function isSame(one: ImageRequest, other: ImageRequest): boolean {
  return isWithin(one, other) && isWithin(other, one);
}

/** A job's input says all that was asked for, and more where the server chose. */
function isWithin(request: ImageRequest, input: ImageRequest): boolean {
  const whole: Record<string, unknown> = { count: 1, ...input };
  return Object.entries({ count: 1, ...asked(request) }).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(whole[name]),
  );
}

function isOf({ request, after }: Unanswered, { input, created_at: at }: ImageJob): boolean {
  return after !== undefined && isWithin(request, input) && Date.parse(at) > (Date.parse(after) || 0);
}

/** Empty: there was none. */
function newest(jobs: readonly ImageJob[] | undefined): string | undefined {
  return jobs?.reduce((last, { created_at: at }) => (last === '' || Date.parse(at) > Date.parse(last) ? at : last), '');
}
