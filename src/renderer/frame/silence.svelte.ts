/** Seconds after which the engine counts as silent, as the window's process counts them. */
const noticed = 20;

/** Seconds that a person who keeps waiting is left in peace for. */
const peace = 60;

/** How long the engine has not answered, and whether to say so. */
export class Silence {
  seconds = $state(0);
  #hiddenUntil = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Whether the sentence and its buttons are shown. */
  readonly isShown = $derived(this.seconds >= this.#hiddenUntil);

  begin(): void {
    this.end();
    this.seconds = noticed;
    this.#timer = setInterval(() => this.seconds++, 1000);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#hiddenUntil = 0;
  }

  keepWaiting(): void {
    this.#hiddenUntil = this.seconds + peace;
  }
}
