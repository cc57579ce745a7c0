import { z } from 'zod';
import { importReport, type ImportReport, type KeptReport } from '../../contract/app.ts';
import { json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Number of reports kept per project: each may list thousands of files. */
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
   * Saves a report and returns its id.
   *
   * @throws UserError 'not-found' if the project was removed in the meantime
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
      // The table of files has all skipped files; only the latest report lists them.
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

  /** Replaces a report when its import progresses or ends. */
  replace(id: number, report: ImportReport): void {
    this.#connection.run(
      'UPDATE imports SET report = ? WHERE id = ? AND project = ?',
      toJson(importReport, report),
      id,
      report.project,
    );
  }

  /** Lists a project's reports, the latest first. */
  list(project: number): KeptReport[] {
    const sql = `SELECT id, created_at AS createdAt, report FROM imports WHERE project = ?
      ORDER BY id DESC`;
    return this.#connection.all(reportRow, sql, project);
  }
}
