import { z } from 'zod';
import { importReport, type ImportReport } from '../../contract/app.ts';
import { json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Reports kept a project: one may list thousands of files. */
const keptReports = 20;

const reportRow = z.object({ report: json(importReport) });

export class ImportQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws UserError 'not-found' when the project was removed meanwhile */
  add(report: ImportReport): void {
    const { project, folder } = report;
    this.#connection.transaction(() => {
      this.#connection.run(
        'INSERT INTO imports (project, folder, report, created_at) VALUES (?, ?, ?, ?)',
        project,
        folder,
        toJson(importReport, report),
        now(),
      );
      this.#connection.run(
        `DELETE FROM imports WHERE project = :project AND id NOT IN
           (SELECT id FROM imports WHERE project = :project ORDER BY id DESC LIMIT ${keptReports})`,
        { project },
      );
    });
  }

  /** In place of the latest report of a project: the import goes on, or has come to its end. */
  replaceLatest(report: ImportReport): void {
    this.#connection.run(
      `UPDATE imports SET report = :report
       WHERE id = (SELECT max(id) FROM imports WHERE project = :project)`,
      { project: report.project, report: toJson(importReport, report) },
    );
  }

  /** The latest first. */
  list(project: number): ImportReport[] {
    const sql = 'SELECT report FROM imports WHERE project = ? ORDER BY id DESC';
    return this.#connection.all(reportRow, sql, project).map(({ report }) => report);
  }
}
