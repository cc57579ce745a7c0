import { z } from 'zod';
import { labelSource, type LabelSource } from '../../contract/app.ts';
import { watchedMasks, type WatchedMasks } from '../../contract/mask-sources.ts';
import { json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** A folder whose new files come in by themselves. */
export interface KeptWatch {
  readonly project: number;
  /** Absolute. */
  readonly folder: string;
  readonly labels: LabelSource;
  /** Null: masks are left out. */
  readonly masks: WatchedMasks | null;
}

/** A file that holds labels, as it was when it was looked at. */
export interface WatchedLabel {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly inode: number;
}

const watchRow = z.object({
  project: z.number(),
  folder: z.string(),
  labels: json(labelSource),
  masks: json(watchedMasks).nullable(),
});
const labelRow = z.object({
  path: z.string(),
  bytes: z.number(),
  modified: z.number(),
  inode: z.number(),
});

export class WatchedFolderQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Of one project, or of all. */
  list(project?: number): KeptWatch[] {
    return this.#connection.all(
      watchRow,
      `SELECT project, folder, labels, masks FROM watched_folders
       WHERE :project IS NULL OR project = :project ORDER BY project, folder`,
      { project: project ?? null },
    );
  }

  /** Keeps one, in place of what was kept for that folder and its labels. */
  put({ project, folder, labels, masks }: KeptWatch): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO watched_folders (project, folder, labels, since, masks) VALUES (?, ?, ?, ?, ?)',
      ...[project, folder, toJson(labelSource, labels), now()],
      masks && toJson(watchedMasks, masks),
    );
  }

  remove(project: number, folder: string): void {
    this.#connection.run(
      'DELETE FROM watched_folders WHERE project = ? AND folder = ?',
      ...[project, folder],
    );
  }

  /** Files with labels that were looked at, by path. */
  labels(project: number, folder: string): Map<string, WatchedLabel> {
    const all = this.#connection.all(
      labelRow,
      'SELECT path, bytes, modified, inode FROM watched_labels WHERE project = ? AND folder = ?',
      ...[project, folder],
    );
    return new Map(all.map((label) => [label.path, label]));
  }

  /** Notes how files with labels are, in a folder that is watched. */
  noteLabels(project: number, folder: string, labels: Iterable<WatchedLabel>): void {
    this.#connection.transaction(() => {
      for (const { path, bytes, modified, inode } of labels) {
        this.#connection.run(
          'INSERT OR REPLACE INTO watched_labels VALUES (?, ?, ?, ?, ?, ?)',
          ...[project, folder, path, bytes, modified, inode],
        );
      }
    });
  }
}
