import type { EventName, EventOf } from '../contract/app.ts';

/** Sends an event to the caller of the engine. */
export type Emit = <E extends EventName>(name: E, content: EventOf<E>) => void;

/** Limits how often progress is reported. */
export class ReportPace {
  readonly #intervalMs: number;
  #reportedAt = -Infinity;

  /** @param intervalMs minimum time between two reports, ms */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Returns true if a report is due, and counts it as sent. The last one is always due. */
  isDue(isLast: boolean): boolean {
    const now = performance.now();
    if (now - this.#reportedAt < this.#intervalMs && !isLast) return false;
    this.#reportedAt = now;
    return true;
  }
}
