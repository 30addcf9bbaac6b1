import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from './process';

const bin = fileURLToPath(new URL('../../../bin/', import.meta.url));

/** A program that `make build` or `make e2e` leaves in bin. */
export function built(name: string): string {
  const path = join(process.env.PULSE_BIN ?? bin, name);
  if (!existsSync(path)) {
    throw new Error(`There is no ${path}; \`make e2e\` builds it.`);
  }
  return path;
}

/** The real server, with a data folder of its own. */
export class Pulse {
  readonly #folder: string;
  readonly #settings: Record<string, string>;
  #program: Program;

  private constructor(folder: string, settings: Record<string, string>, program: Program) {
    this.#folder = folder;
    this.#settings = settings;
    this.#program = program;
  }

  static async start(settings: Record<string, string> = {}, files: Record<string, string> = {}): Promise<Pulse> {
    const folder = await mkdtemp(join(tmpdir(), 'pulse-e2e-'));
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content);
    }
    return healthy(new Pulse(folder, settings, await serve(folder, '127.0.0.1:0', settings)));
  }

  get address(): string {
    const address = / is at (?<address>\S+)/u.exec(this.#program.said[0] ?? '')?.groups?.address;
    if (!address) {
      throw new Error(`Pulse does not say where it is: ${this.#program.said}`);
    }
    return address;
  }

  /** The SQLite file that it keeps everything in. */
  get database(): string {
    return join(this.#folder, 'data', 'pulse.db');
  }

  get log(): string {
    return this.#program.log;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#program.end('SIGKILL');
  }

  /** Starts it again where it was, with the data that it left. */
  async restart(): Promise<void> {
    this.#program = await serve(this.#folder, new URL(this.address).host, this.#settings);
    await healthy(this);
  }

  /** Stops it and removes its data. */
  async end(): Promise<void> {
    await this.#program.end('SIGTERM');
    await rm(this.#folder, { recursive: true });
  }
}

function serve(folder: string, address: string, settings: Record<string, string>): Promise<Program> {
  const env = {
    PULSE_ADDR: address,
    PULSE_DATA_DIR: join(folder, 'data'),
    PULSE_OLLAMA_URL: 'off',
    PULSE_RATE_LIMIT: '0', // all tests come from one address
    PULSE_TITLES: 'off', // what a stand-in says is no title, and lists would change under the tests
    PULSE_SHUTDOWN_GRACE: '1s',
    ...settings,
  };
  return Program.start({ path: built('pulse'), args: ['serve'], env, folder, lines: 1 });
}

/** It listens before it says where; its first answer waits for the rest. */
async function healthy(pulse: Pulse): Promise<Pulse> {
  const health = await fetch(`${pulse.address}/api/v1/health`);
  if (!health.ok) {
    throw new Error(`Pulse is not well: status ${health.status}\n${pulse.log}`);
  }
  return pulse;
}
