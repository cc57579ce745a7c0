/** Keeps the last part of a process's output, for error details. */
export class RecentText {
  readonly #limit: number;
  #text = '';

  /** @param limit maximum length in characters */
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
