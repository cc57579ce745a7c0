import { z } from 'zod';
import { exportFormat, type ExportFormat } from '../../contract/app.ts';
import { now } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Student exported to a file. */
export interface NewExport {
  readonly run: number;
  readonly format: ExportFormat;
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
}

export interface StoredExport extends NewExport {
  readonly createdAt: string;
}

const exportRow = z.object({
  run: z.number(),
  format: exportFormat,
  file: z.string(),
  bytes: z.number(),
  createdAt: z.string(),
});

export class ExportQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws UserError 'not-found' if the run was removed in the meantime */
  add({ run, format, file, bytes }: NewExport): void {
    this.#connection.run(
      `INSERT INTO exports (run, format, file, bytes, created_at)
       VALUES (:run, :format, :file, :bytes, :now)`,
      { run, format, file, bytes, now: now() },
    );
  }

  /** Lists a run's exports, the latest first. */
  list(run: number): StoredExport[] {
    return this.#connection.all(
      exportRow,
      `SELECT run, format, file, bytes, created_at AS createdAt FROM exports WHERE run = ?
       ORDER BY id DESC`,
      run,
    );
  }
}
