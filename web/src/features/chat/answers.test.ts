import { afterEach, beforeEach, describe, expect, test as it, vi } from 'vitest';
import { Answers } from './answers';
import type { Owner } from './live-answer';

const owner: Owner = { onBegin: () => undefined, onEnd: () => undefined };

/** A server that never says a word; tells which lines are open. */
function silent() {
  const lines = new Set<string>();
  vi.stubGlobal('fetch', (path: string, { signal }: RequestInit) => {
    lines.add(path);
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        lines.delete(path);
        reject(signal.reason);
      });
    });
  });
  return lines;
}

describe('Answers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('document', new EventTarget());
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('reads an answer once, however many look at it, and closes the line when the last has gone', async () => {
    const lines = silent();
    const answers = new Answers();
    const looked = [1, 2].map(() => {
      answers.read('a1', { jobId: 'j1' }, owner);
      return answers.hold('a1');
    });
    expect(lines).toEqual(new Set(['/api/v1/jobs/j1/events']));
    looked[0]?.();
    await vi.advanceTimersByTimeAsync(60_000 / 3);
    expect(lines.size).toBe(1);
    looked[1]?.();
    await vi.advanceTimersByTimeAsync(5000);
    expect(lines.size).toBe(0);
    expect(answers.of('a1')).toBeUndefined();
  });

  it('who turns the page and comes back finds the same line', async () => {
    silent();
    const answers = new Answers();
    answers.read('a1', { jobId: 'j1' }, owner);
    const first = answers.of('a1');
    answers.hold('a1')();
    await vi.advanceTimersByTimeAsync(1000);
    answers.hold('a1');
    await vi.advanceTimersByTimeAsync(5000);
    expect(first).toBeDefined();
    expect(answers.of('a1')).toBe(first);
  });

  it('a question that is not taken yet is not given up: nobody could find its answer again', async () => {
    silent();
    const answers = new Answers();
    const live = answers.open('local', owner);
    answers.hold('local')();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(answers.of('local')).toBe(live);
  });

  it('a message keeps its name on the screen when the server gives it an id', () => {
    const answers = new Answers();
    const live = answers.open('local', owner);
    answers.setName('a1', 'local');
    expect(answers.nameOf('a1')).toBe('local');
    expect(answers.of('a1')).toBe(live);
  });

  it('another new conversation is another thread, without what was on its way in the last', () => {
    const answers = new Answers();
    const { newThread } = answers;
    answers.setPending(newThread, {
      questionId: 'q',
      answerId: 'a',
      question: 'Why?',
      parentId: '',
      model: 'm',
      createdAt: '',
    });
    const changed = vi.fn();
    answers.subscribe(changed);
    answers.startNewThread();
    expect(answers.newThread).not.toBe(newThread);
    expect(answers.pendingIn(newThread)).toBeUndefined();
    expect(changed).toHaveBeenCalledOnce();
  });
});
