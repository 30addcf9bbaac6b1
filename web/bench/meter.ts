import type { CDPSession, Page } from '@playwright/test';

export interface Figures {
  /** Of each long task what is over 50 ms, together; milliseconds like all that follows. */
  blocking: number;
  longest: number;
  /** The longest animation frame, where the browser tells. */
  frame: number;
  /** Frames that came late, counted as the frames that are missing. */
  dropped: number;
  /** From a key to the paint after it, the worst. */
  input: number;
  /** From the address to the first message on the screen. */
  painted: number;
}

declare global {
  interface Window {
    meter: { tasks: number[]; frames: number[]; gaps: number[]; inputs: number[]; painted: number };
  }
}

/** Runs in the page before anything else. */
function install(): void {
  const meter = { tasks: [], frames: [], gaps: [], inputs: [], painted: 0 } as Window['meter'];
  window.meter = meter;
  const observe = (type: string, into: number[], more: object = {}) => {
    if (PerformanceObserver.supportedEntryTypes.includes(type)) {
      new PerformanceObserver((list) => into.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type,
        buffered: true,
        ...more,
      });
    }
  };
  observe('longtask', meter.tasks);
  observe('long-animation-frame', meter.frames);
  observe('event', meter.inputs, { durationThreshold: 16 });
  let last = performance.now();
  const onFrame = () => {
    const now = performance.now();
    meter.gaps.push(now - last);
    last = now;
    if (meter.painted === 0 && document.querySelector('article .markdown')) {
      meter.painted = now;
    }
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
}

const frameTime = 1000 / 60;
const longTask = 50;

/** Measures what the page's main thread is kept from. */
export class Meter {
  readonly #page: Page;
  readonly #line: CDPSession;

  private constructor(page: Page, line: CDPSession) {
    this.#page = page;
    this.#line = line;
  }

  static async on(page: Page): Promise<Meter> {
    await page.addInitScript(install);
    const line = await page.context().newCDPSession(page);
    await line.send('Performance.enable');
    return new Meter(page, line);
  }

  /** Makes the page's processor so many times slower. */
  async slow(rate: number): Promise<void> {
    await this.#line.send('Emulation.setCPUThrottlingRate', { rate });
  }

  async reset(): Promise<void> {
    await this.#page.evaluate(() => {
      for (const list of [window.meter.tasks, window.meter.frames, window.meter.gaps, window.meter.inputs]) {
        list.length = 0;
      }
    });
  }

  async read(): Promise<Figures> {
    await this.#page.waitForTimeout(500); // entries come a moment after what they tell of
    const { tasks, frames, gaps, inputs, painted } = await this.#page.evaluate(() => window.meter);
    const sum = (list: number[]) => list.reduce((all, each) => all + each, 0);
    return {
      blocking: sum(tasks.map((task) => Math.max(0, task - longTask))),
      longest: Math.max(0, ...tasks),
      frame: Math.max(0, ...frames),
      dropped: sum(gaps.map((gap) => Math.max(0, Math.round(gap / frameTime) - 1))),
      input: Math.max(0, ...inputs),
      painted,
    };
  }

  /** Megabytes of JavaScript's heap after a collection. */
  async heap(): Promise<number> {
    await this.#line.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.#line.send('Performance.getMetrics');
    const used = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
    return used / 1024 / 1024;
  }

  /** Functions by the time they took themselves, while something runs. */
  async profile(run: () => Promise<void>): Promise<string> {
    await this.#line.send('Profiler.enable');
    await this.#line.send('Profiler.setSamplingInterval', { interval: 500 });
    await this.#line.send('Profiler.start');
    await run();
    const { profile } = await this.#line.send('Profiler.stop');
    const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
    const times = new Map<string, number>();
    profile.samples?.forEach((id, index) => {
      const frame = names.get(id);
      const name = `${frame?.functionName || '(nameless)'} ${frame?.url.split('/').at(-1)}:${frame?.columnNumber}`;
      times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1000);
    });
    return [...times]
      .sort(([, one], [, other]) => other - one)
      .slice(0, 40)
      .map(([name, time]) => `${time.toFixed(0).padStart(8)} ms  ${name}`)
      .join('\n');
  }
}
