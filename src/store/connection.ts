import Database from 'better-sqlite3';
import type { z } from 'zod';
import { damage, databaseFailure } from './failures.ts';

type SqlValue = string | number | Uint8Array | null;
/** Values by name (`:name`) in one object, or in order (`?`). */
export type Binding = SqlValue | Readonly<Record<string, SqlValue>>;

export interface Changed {
  readonly rows: number;
  /** Of the row inserted last. */
  readonly id: number;
}

interface ConnectionOptions {
  readonly readOnly?: boolean;
}

/**
 * How long SQLite waits for another process, ms. It blocks the thread, so it is short: enough for an
 * engine that was just told to end.
 */
const patience = 500;

/**
 * A database whose rows are checked as they are read and whose failures are sentences. Statements are
 * prepared once and kept by their text, so texts must not contain values.
 */
export class Connection {
  readonly file: string;
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  /** @throws UserError 'disk' when the file cannot be opened */
  constructor(file: string, { readOnly = false }: ConnectionOptions = {}) {
    this.file = file;
    this.#database = this.#guard(
      () => new Database(file, { timeout: patience, readonly: readOnly }),
    );
    // A file may come from anybody: its definitions run no functions with side effects, and its pages are checked as
    // they are read. That nothing writes into the table of contents is better-sqlite3's own setting.
    this.pragma('trusted_schema = OFF');
    this.pragma('cell_size_check = ON');
  }

  run(sql: string, ...bindings: readonly Binding[]): Changed {
    return this.#guard(() => {
      const { changes, lastInsertRowid } = this.#statement(sql).run(...bindings);
      return { rows: changes, id: Number(lastInsertRowid) };
    });
  }

  /** The first row, or undefined where there is none. */
  get<Row>(row: z.ZodType<Row>, sql: string, ...bindings: readonly Binding[]): Row | undefined {
    const found = this.#guard(() => this.#statement(sql).get(...bindings));
    return found === undefined ? undefined : this.#checked(row, found);
  }

  /**
   * All rows. There is no cursor: SQLite refuses writes while one is open, and whoever reads with one may
   * wait for something else in between.
   */
  all<Row>(row: z.ZodType<Row>, sql: string, ...bindings: readonly Binding[]): Row[] {
    const found = this.#guard(() => this.#statement(sql).all(...bindings));
    return found.map((values) => this.#checked(row, values));
  }

  /** Runs statements that bind and return nothing. */
  execute(sql: string): void {
    this.#guard(() => this.#database.exec(sql));
  }

  /** A pragma's single value. */
  pragma(text: string): unknown {
    return this.#guard(() => this.#database.pragma(text, { simple: true }));
  }

  /** All of `work` or nothing. May be nested; `work` must not be async. */
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
    if (!success) throw damage(this.file, error.message);
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
