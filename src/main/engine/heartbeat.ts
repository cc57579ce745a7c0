/**
 * Number of ticks without an answer after which a process counts as silent. A busy engine answers within half a
 * second.
 */
export const silentAfter = { whenReady: 20, whenStarting: 60 } as const;

export interface HeartbeatOptions {
  /** Sends a heartbeat request to the process. */
  readonly ping: () => void;
  /** Called once for each silence. */
  readonly onSilent: () => void;
  /** Length of a tick, ms. */
  readonly tickMs?: number | undefined;
}

/**
 * Detects a process that neither exits nor responds: it is stopped (SIGSTOP), hangs, or its memory is being swapped.
 * Silence is counted in ticks of this process's own timer and not in time, because a computer that sleeps stops both
 * processes: when it wakes, one tick has passed, however long it slept.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;
  #limit: number = silentAfter.whenStarting;
  #silentTicks = 0;
  #isAsked = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  get isSilent(): boolean {
    return this.#silentTicks >= this.#limit;
  }

  /** Watches a process that was just started, or has become ready. */
  begin(limit: number): void {
    this.end();
    this.#limit = limit;
    this.#timer = setInterval(() => {
      this.#tick();
    }, this.#options.tickMs ?? 1000).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#silentTicks = 0;
    this.#isAsked = false;
  }

  /** Records any message from the process. */
  heard(): void {
    this.#silentTicks = 0;
    this.#isAsked = false;
  }

  /** Sends one request at a time, so that none pile up for a stopped process. */
  #tick(): void {
    if (!this.#isAsked) {
      this.#isAsked = true;
      this.#options.ping();
      return;
    }
    this.#silentTicks++;
    if (this.#silentTicks === this.#limit) this.#options.onSilent();
  }
}
