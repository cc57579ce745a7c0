import { z } from 'zod';
import { importReport, type ImportReport, type KeptReport } from '../../contract/app.ts';
import { json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Reports kept a project: one may list thousands of files. */
const keptReports = 20;

const reportRow = z
  .object({ id: z.number(), createdAt: z.string(), report: json(importReport) })
  .transform(({ report, ...row }) => ({ ...report, ...row }));

export class ImportQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Keeps a report and gives its id.
   *
   * @throws UserError 'not-found' when the project was removed meanwhile
   */
  add(report: ImportReport): number {
    const { project, folder } = report;
    return this.#connection.transaction(() => {
      const { id } = this.#connection.run(
        'INSERT INTO imports (project, folder, report, created_at) VALUES (?, ?, ?, ?)',
        project,
        folder,
        toJson(importReport, report),
        now(),
      );
      // The table of files has what was left out; the list is for the latest.
      this.#connection.run(
        `UPDATE imports SET report = json_set(report, '$.skipped', json('[]'))
         WHERE project = ? AND id <> ?`,
        project,
        id,
      );
      this.#connection.run(
        `DELETE FROM imports WHERE project = :project AND id NOT IN
           (SELECT id FROM imports WHERE project = :project ORDER BY id DESC LIMIT ${keptReports})`,
        { project },
      );
      return id;
    });
  }

  /** In place of a report: the import goes on, or has come to its end. */
  replace(id: number, report: ImportReport): void {
    this.#connection.run(
      'UPDATE imports SET report = ? WHERE id = ? AND project = ?',
      ...[toJson(importReport, report), id, report.project],
    );
  }

  /** The latest first. */
  list(project: number): KeptReport[] {
    const sql = `SELECT id, created_at AS createdAt, report FROM imports WHERE project = ?
      ORDER BY id DESC`;
    return this.#connection.all(reportRow, sql, project);
  }
}
