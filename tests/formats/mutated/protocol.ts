import type { Kind } from './kinds.ts';

/** What is asked of a process that reads mutants. */
export interface Order {
  readonly kind: Kind;
  readonly seed: number;
  /** Numbers of mutants, `to` exclusive; below 0 they are those that are kept, −1 the last of them. */
  readonly from: number;
  readonly to: number;
  /** Empty, for its files. */
  readonly folder: string;
  /** Bytes that the process may grow by before it ends. */
  readonly memory: number;
}

/** A line of what it says: a number alone before a mutant is read and at the end, all of it afterwards. */
export interface Said {
  readonly at: number;
  /** Name of the case. */
  readonly of: string;
  readonly isRead?: boolean;
  /** Of computing, all threads together: of the longest of what is timed, else of all. */
  readonly ms?: number;
  /** Bytes that the process has grown by at most since its start. */
  readonly grown?: number;
  /** An error that is no sentence for people. */
  readonly defect?: string;
}
