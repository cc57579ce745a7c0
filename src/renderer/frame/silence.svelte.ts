/** Seconds without an answer after which the main process reports the engine as silent. */
const noticed = 20;

/** Seconds for which the banner is hidden after "Keep waiting". */
const peace = 60;

/** Time since the engine stopped answering, and whether the banner shows it. */
export class Silence {
  seconds = $state(0);
  #hiddenUntil = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** True if the banner is shown. */
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
