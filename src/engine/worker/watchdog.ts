/** Limit on a worker's silence, ms: a multiple of the longest silence so far, within bounds. */
interface SilenceLimit {
  readonly times: number;
  readonly least: number;
  readonly most: number;
}

/** Limits on a worker's silence. */
export interface SilenceLimits {
  /** Limit after the worker was asked to stop; beyond it the worker is killed. */
  readonly stop: SilenceLimit;
  /** Limit while the worker works; beyond it the silence is reported. */
  readonly work: SilenceLimit;
}

const minute = 60_000;

/**
 * Default limits. A step of a large model takes up to a minute, and before its first step a worker is busy for longer
 * than any silence so far. Killing too early costs the training since the last checkpoint (some twenty seconds and a
 * step); waiting too long costs the user's patience.
 */
export const defaultSilenceLimits: SilenceLimits = {
  stop: { times: 4, least: 2 * minute, most: 15 * minute },
  work: { times: 8, least: 5 * minute, most: 30 * minute },
};

/** Reactions to a silence; each gets its length so far, ms. */
export interface WatchdogActions {
  /** Called once per silence, unless the worker was asked to stop. */
  working(silentMs: number): void;
  /** Called when the worker sends messages again after `working` was called. */
  resumed(): void;
  /** Called when the worker was asked to stop and has neither sent a message nor ended. */
  stopping(silentMs: number): void;
}

/** Measures how long a worker is silent. */
export class Watchdog {
  readonly #limits: SilenceLimits;
  readonly #on: WatchdogActions;
  #longest = 0;
  #messageAt = performance.now();
  #isStopping = false;
  #wasReported = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: SilenceLimits, on: WatchdogActions) {
    this.#limits = limits;
    this.#on = on;
    this.#arm();
  }

  /** Records a message from the worker. */
  heard(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#messageAt);
    this.#messageAt = now;
    if (this.#wasReported) this.#on.resumed();
    this.#wasReported = false;
    this.#arm();
  }

  /** Starts the stop limit: its time begins now, however long the worker has been silent. */
  stopping(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#arm();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const { times, least, most } = this.#isStopping ? this.#limits.stop : this.#limits.work;
    const limit = Math.min(Math.max(times * this.#longest, least), most);
    this.#timer = setTimeout(() => {
      this.#pass();
    }, limit);
  }

  #pass(): void {
    const silent = performance.now() - this.#messageAt;
    if (this.#isStopping) {
      this.#on.stopping(silent);
    } else {
      this.#wasReported = true;
      this.#on.working(silent);
    }
  }
}
