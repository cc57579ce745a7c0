/** The end of a long text: what a process said last, for the details of an error. */
export class RecentText {
  readonly #limit: number;
  #text = '';

  /** @param limit characters */
  constructor(limit = 4000) {
    this.#limit = limit;
  }

  add(text: string): void {
    this.#text = (this.#text + text).slice(-this.#limit);
  }

  get text(): string {
    return this.#text.trim();
  }
}
