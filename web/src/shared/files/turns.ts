/** Lets so many do something at once; the others wait for their turn. */
export class Turns {
  readonly #most: number;
  readonly #queue: (() => void)[] = [];
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async take(): Promise<void> {
    if (this.#taken >= this.#most) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#taken += 1;
  }

  leave(): void {
    this.#taken -= 1;
    this.#queue.shift()?.();
  }
}
