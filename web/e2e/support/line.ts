import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a server that can break, or fall silent. */
export class Line {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => this.#join(near));
  readonly #target: URL;
  #broken = false;
  #held = false;

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  static async to(target: string): Promise<Line> {
    const line = new Line(target);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts all connections, and takes no new ones until it is mended. */
  break(): void {
    this.#broken = true;
    this.#cut();
  }

  /** Lets nothing through, and loses nothing, until it is mended. */
  hold(): void {
    this.#held = true;
    for (const socket of this.#sockets) {
      socket.pause();
    }
  }

  mend(): void {
    this.#broken = false;
    this.#held = false;
    for (const socket of this.#sockets) {
      socket.resume();
    }
  }

  async end(): Promise<void> {
    this.#server.close();
    this.#cut();
    await once(this.#server, 'close');
  }

  #cut(): void {
    for (const socket of this.#sockets) {
      socket.resetAndDestroy();
    }
  }

  #join(near: Socket): void {
    if (this.#broken) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.on('data', (chunk) => other.write(chunk));
      one.on('end', () => other.end());
      if (this.#held) {
        one.pause();
      }
    }
  }
}
