import { z } from 'zod';
import type { Connection } from '../connection.ts';

const pathRow = z.object({ path: z.string() });

/** Queries of files outside the workspace that exports have begun and not finished. */
export class UnfinishedFileQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Lists absolute paths. */
  list(): string[] {
    return this.#connection
      .all(pathRow, 'SELECT path FROM unfinished_files')
      .map(({ path }) => path);
  }

  begin(path: string): void {
    this.#connection.run('INSERT OR IGNORE INTO unfinished_files (path) VALUES (?)', path);
  }

  /** Deletes a row. If that fails, for example on a full disk, the row does no harm: its file no longer exists. */
  end(path: string): void {
    try {
      this.#connection.run('DELETE FROM unfinished_files WHERE path = ?', path);
    } catch (error) {
      console.error(error);
    }
  }
}
