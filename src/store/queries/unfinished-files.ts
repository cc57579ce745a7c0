import { z } from 'zod';
import type { Connection } from '../connection.ts';

const pathRow = z.object({ path: z.string() });

/** Files outside the workspace that exports have begun and not finished. */
export class UnfinishedFileQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Absolute paths. */
  list(): string[] {
    return this.#connection
      .all(pathRow, 'SELECT path FROM unfinished_files')
      .map(({ path }) => path);
  }

  begin(path: string): void {
    this.#connection.run('INSERT OR IGNORE INTO unfinished_files (path) VALUES (?)', path);
  }

  /** A row that cannot be deleted, on a full disk say, does no harm: the file that it names is gone. */
  end(path: string): void {
    try {
      this.#connection.run('DELETE FROM unfinished_files WHERE path = ?', path);
    } catch (error) {
      console.error(error);
    }
  }
}
