import { tmpdir } from 'node:os';
import { Line } from './line';
import { Program } from './process';
import { built } from './pulse';

const freePorts = ['-openai', '127.0.0.1:0', '-anthropic', '127.0.0.1:0', '-google', 'off', '-compatible', 'off'];

/** Stand-ins for OpenAI and Anthropic. What they answer, the prompt decides: see internal/provider/standin/prompt.go. */
export class Vendors {
  /** What lies between Pulse and OpenAI. */
  readonly line: Line;
  /** The settings that lead a Pulse to them. */
  readonly settings: Record<string, string>;
  readonly #program: Program;

  private constructor(program: Program, line: Line, settings: Record<string, string>) {
    this.#program = program;
    this.line = line;
    this.settings = settings;
  }

  static async start(): Promise<Vendors> {
    const program = await Program.start({ path: built('standin'), args: freePorts, folder: tmpdir(), lines: 2 });
    const settings = Object.fromEntries(program.said.map((setting) => setting.split('=', 2)));
    const openai = new URL(settings.OPENAI_BASE_URL);
    const line = await Line.to(openai.origin);
    return new Vendors(program, line, { ...settings, OPENAI_BASE_URL: `${line.address}${openai.pathname}` });
  }

  async end(): Promise<void> {
    await this.line.end();
    await this.#program.end('SIGKILL');
  }
}

/** What the stand-ins answer to "[chunks n]". */
export function numbers(n: number): string {
  return Array.from({ length: n }, (_, i) => i + 1).join(' ');
}
