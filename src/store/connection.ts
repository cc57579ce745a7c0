import Database from 'better-sqlite3';
import type { z } from 'zod';
import { must } from '../core/must.ts';
import { damageError, databaseFailure } from './failures.ts';

type SqlValue = string | number | Uint8Array | null;
/** Bindings of a statement: by name (`:name`) in one object, or by order (`?`). */
export type Binding = SqlValue | Readonly<Record<string, SqlValue>>;

export interface Changed {
  readonly rows: number;
  /** Id of the row inserted last. */
  readonly id: number;
}

interface ConnectionOptions {
  readonly readOnly?: boolean;
}

/**
 * Time in ms that SQLite waits for another process. It blocks the thread, so it is short: enough for an
 * engine that is just ending.
 */
const busyTimeout = 500;

/**
 * Database connection that validates rows as they are read and converts failures to messages. Statements are
 * prepared once and cached by their text, so texts must not contain values.
 */
export class Connection {
  readonly file: string;
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  /** @throws UserError 'disk' if the file cannot be opened */
  constructor(file: string, { readOnly = false }: ConnectionOptions = {}) {
    this.file = file;
    this.#database = this.#guard(
      () => new Database(file, { timeout: busyTimeout, readonly: readOnly }),
    );
    // A file may come from a stranger: its definitions must not run functions with side effects, and its pages are
    // checked as they are read. better-sqlite3 itself protects the schema table from writes.
    this.pragma('trusted_schema = OFF');
    this.pragma('cell_size_check = ON');
  }

  /** @throws Error for a text with a NUL character, which could not be read again */
  run(sql: string, ...bindings: readonly Binding[]): Changed {
    if (bindings.some(hasNul)) throw new Error('expected text without NUL characters');
    return this.#guard(() => {
      const { changes, lastInsertRowid } = this.#statement(sql).run(...bindings);
      return { rows: changes, id: Number(lastInsertRowid) };
    });
  }

  /** Returns the first row, or undefined if there is none. */
  get<Row>(row: z.ZodType<Row>, sql: string, ...bindings: readonly Binding[]): Row | undefined {
    const found = this.#guard(() => this.#statement(sql).get(...bindings));
    return found === undefined ? undefined : this.#checked(row, found);
  }

  /** Returns the only row of a query that always has one, such as a count. */
  one<Row>(row: z.ZodType<Row>, sql: string, ...bindings: readonly Binding[]): Row {
    return must(this.get(row, sql, ...bindings), 'the only row of a query');
  }

  /**
   * Returns all rows. There is no cursor: SQLite refuses writes while one is open, and a reader may
   * await something else between rows.
   */
  all<Row>(row: z.ZodType<Row>, sql: string, ...bindings: readonly Binding[]): Row[] {
    const found = this.#guard(() => this.#statement(sql).all(...bindings));
    return found.map((values) => this.#checked(row, values));
  }

  /** Runs statements that have no bindings and return nothing. */
  execute(sql: string): void {
    this.#guard(() => this.#database.exec(sql));
  }

  /** Returns the single value of a pragma. */
  pragma(text: string): unknown {
    return this.#guard(() => this.#database.pragma(text, { simple: true }));
  }

  /** Runs all of `work` or nothing. May be nested; `work` must not be async. */
  transaction<T>(work: () => T): T {
    return this.#guard(() => this.#database.transaction(work).immediate());
  }

  close(): void {
    this.#guard(() => this.#database.close());
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #checked<Row>(row: z.ZodType<Row>, values: unknown): Row {
    const { success, data, error } = row.safeParse(values);
    if (!success) throw damageError(this.file, error.message);
    if (hasNul(values)) throw damageError(this.file, 'a text has a NUL character');
    return data;
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw databaseFailure(error, this.file);
    }
  }
}

/**
 * Returns true if a text, or a text in a row, has a NUL character: `run` writes none, and no file name can have one.
 */
function hasNul(values: unknown): boolean {
  if (typeof values === 'string') return values.includes('\0');
  if (typeof values !== 'object' || values === null || values instanceof Uint8Array) return false;
  for (const value of Object.values(values)) {
    if (typeof value === 'string' && value.includes('\0')) return true;
  }
  return false;
}
