import type { Connection } from '../connection.ts';

/** One step of the database's form. Once released it is never changed, only followed. */
export interface Migration {
  /** Its file's number, in fives or tens so that another may come between. */
  readonly version: number;
  readonly name: string;
  /** SQL, or what runs it. It is inside a transaction, with foreign keys off until its end. */
  readonly up: string | ((connection: Connection) => void);
}
