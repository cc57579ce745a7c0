import { z } from 'zod';
import { labelSource, type LabelSource } from '../../contract/app.ts';
import { json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** A folder whose new files come in by themselves. */
export interface KeptWatch {
  readonly project: number;
  /** Absolute. */
  readonly folder: string;
  readonly labels: LabelSource;
}

const watchRow = z.object({ project: z.number(), folder: z.string(), labels: json(labelSource) });

export class WatchedFolderQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Of one project, or of all. */
  list(project?: number): KeptWatch[] {
    return this.#connection.all(
      watchRow,
      `SELECT project, folder, labels FROM watched_folders
       WHERE :project IS NULL OR project = :project ORDER BY project, folder`,
      { project: project ?? null },
    );
  }

  /** Keeps one, in place of what was kept for that folder. */
  put({ project, folder, labels }: KeptWatch): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO watched_folders (project, folder, labels, since) VALUES (?, ?, ?, ?)',
      ...[project, folder, toJson(labelSource, labels), now()],
    );
  }

  remove(project: number, folder: string): void {
    this.#connection.run(
      'DELETE FROM watched_folders WHERE project = ? AND folder = ?',
      ...[project, folder],
    );
  }
}
