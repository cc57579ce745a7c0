import type { Failure } from '../../contract/app.ts';
import type { BudgetPlace } from '../../formats/files/decode-budget.ts';
import type { TaskName } from './tasks.ts';

// Messages between the pool and its threads.

export interface ThreadData {
  /** Counter of heartbeats, for the watchdog. */
  readonly beats: Int32Array;
  /** Path of the task's current file, read if the thread crashes; see reading-place.ts. */
  readonly place: Uint8Array;
  /** File to record the same path in, read if the whole process crashes; null for none. */
  readonly marker: string | null;
  /** Counter of decoded bytes. */
  readonly budget: BudgetPlace;
}

export interface ThreadRequest {
  readonly name: TaskName;
  readonly request: unknown;
}

/** Result of a task. Errors cross as values, because a clone would lose their class and code. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: Failure };
