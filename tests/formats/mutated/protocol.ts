import type { Kind } from './kinds.ts';

/** Task of a process that reads mutants. */
export interface Order {
  readonly kind: Kind;
  readonly seed: number;
  /** Numbers of mutants, `to` exclusive; below 0 they are stored mutants, −1 being the last. */
  readonly from: number;
  readonly to: number;
  /** Empty folder for its files. */
  readonly folder: string;
  /** Number of bytes that the process may grow by before it ends. */
  readonly memory: number;
}

/** A line of its output: only a number before a mutant is read and at the end, all fields afterwards. */
export interface Said {
  readonly at: number;
  /** Name of the case. */
  readonly of: string;
  readonly isRead?: boolean;
  /** Computing time of all threads together, ms: of the longest timed action, else of the whole read. */
  readonly ms?: number;
  /** Largest growth of the process since its start, bytes. */
  readonly grown?: number;
  /** An error that is not a message for the user. */
  readonly defect?: string;
}
