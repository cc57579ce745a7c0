import type { Connection } from '../connection.ts';

/**
 * Step in the history of the database's schema. Once released it is never changed; corrections are further steps.
 */
export interface Migration {
  /** Number of its file; a multiple of five or ten, so that another can be inserted. */
  readonly version: number;
  readonly name: string;
  /** SQL, or a function that runs it, inside a transaction with foreign keys off until its end. */
  readonly up: string | ((connection: Connection) => void);
}
