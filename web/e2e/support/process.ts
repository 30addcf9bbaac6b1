import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

interface Start {
  path: string;
  args: string[];
  env?: Record<string, string>;
  /** Where it runs. */
  folder: string;
  /** After so many lines on its output it is ready. */
  lines: number;
}

/** A program that was started here. */
export class Program {
  /** The first lines of its output. */
  readonly said: readonly string[];
  readonly #child: ChildProcess;
  readonly #log: string[];

  private constructor(child: ChildProcess, log: string[], said: string[]) {
    this.#child = child;
    this.#log = log;
    this.said = said;
  }

  /** Starts it with nothing from this process's environment but the path, and waits for so many lines. */
  static async start({ path, args, env = {}, folder, lines }: Start): Promise<Program> {
    const child = spawn(path, args, { cwd: folder, env: { PATH: process.env.PATH, ...env } });
    const log: string[] = [];
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (said.push(line) === lines) {
          resolve();
        }
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${path} ended with ${code}:\n${log.join('\n')}`)));
    });
    return new Program(child, log, said);
  }

  /** The last of what it wrote about itself. */
  get log(): string {
    return this.#log.slice(-200).join('\n');
  }

  /** Ends it: SIGTERM, or SIGKILL as when the machine takes it away. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return;
    }
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}
