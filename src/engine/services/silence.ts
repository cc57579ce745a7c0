/** How long to bear a silence, ms: so many times the longest one that was broken, within bounds. */
interface Bearing {
  readonly times: number;
  readonly least: number;
  readonly most: number;
}

/** How long to bear with a worker that says nothing. */
export interface Patience {
  /** Once it was asked to stop; after that it is killed. */
  readonly stop: Bearing;
  /** While it works; after that it is told of. */
  readonly work: Bearing;
}

const minute = 60_000;

/**
 * A step of a large model takes up to a minute, and before its first step a worker is busy for longer than
 * it was ever silent before. What killing too early costs is what was learnt since the last checkpoint,
 * some twenty seconds and a step; what waiting too long costs is a person's patience.
 */
export const defaultPatience: Patience = {
  stop: { times: 4, least: 2 * minute, most: 15 * minute },
  work: { times: 8, least: 5 * minute, most: 30 * minute },
};

/** What to do about a silence; each is told how long it has lasted, ms. */
export interface OnSilence {
  /** Once a silence, while nobody has asked the worker to stop. */
  working(silentMs: number): void;
  /** It has spoken again after `working` was told. */
  broken(): void;
  /** It was asked to stop and has neither spoken nor ended. */
  stopping(silentMs: number): void;
}

/** Listens to how long a worker is silent. */
export class SilenceWatch {
  readonly #patience: Patience;
  readonly #on: OnSilence;
  #longest = 0;
  #heardAt = performance.now();
  #isStopping = false;
  #wasTold = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(patience: Patience, on: OnSilence) {
    this.#patience = patience;
    this.#on = on;
    this.#arm();
  }

  /** The worker has said something. */
  heard(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#heardAt);
    this.#heardAt = now;
    if (this.#wasTold) this.#on.broken();
    this.#wasTold = false;
    this.#arm();
  }

  /** The worker was asked to stop: its time begins now, however long it has been silent. */
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
    const { times, least, most } = this.#isStopping ? this.#patience.stop : this.#patience.work;
    const limit = Math.min(Math.max(times * this.#longest, least), most);
    this.#timer = setTimeout(() => {
      this.#pass();
    }, limit);
  }

  #pass(): void {
    const silent = performance.now() - this.#heardAt;
    if (this.#isStopping) {
      this.#on.stopping(silent);
    } else {
      this.#wasTold = true;
      this.#on.working(silent);
    }
  }
}
