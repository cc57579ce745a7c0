import type { Failure } from '../../contract/app.ts';
import type { BudgetPlace } from '../../formats/decode-budget.ts';
import type { TaskName } from './tasks.ts';

// What the pool and one of its threads say to each other.

export interface ThreadData {
  /** Counts signs of life, so that whoever waits sees that something goes on. */
  readonly beats: Int32Array;
  /** The path of the file that the task is at, for whoever finds the thread dead; see `PlaceInTask`. */
  readonly place: Uint8Array;
  /** A file to write the same path to, for whoever finds the whole process dead; null: none. */
  readonly marker: string | null;
  /** Where what it decodes is counted. */
  readonly budget: BudgetPlace;
}

export interface ThreadRequest {
  readonly name: TaskName;
  readonly request: unknown;
}

/** Errors cross as values: their class and their code would be lost. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: Failure };
