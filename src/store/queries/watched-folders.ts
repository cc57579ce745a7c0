import { z } from 'zod';
import { labelSource, type LabelSource } from '../../contract/app.ts';
import { watchedMasks, type WatchedMasks } from '../../contract/mask-sources.ts';
import { json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Folder whose new files are imported automatically. */
export interface StoredWatch {
  readonly project: number;
  /** Absolute path. */
  readonly folder: string;
  readonly labels: LabelSource;
  /** Import of masks; null if masks are not imported. */
  readonly masks: WatchedMasks | null;
}

/** Label file with its state when it was last read. */
export interface WatchedLabel {
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
  /** Modification time, milliseconds since 1970. */
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

  /** Lists the watched folders of one project, or of all. */
  list(project?: number): StoredWatch[] {
    return this.#connection.all(
      watchRow,
      `SELECT project, folder, labels, masks FROM watched_folders
       WHERE :project IS NULL OR project = :project ORDER BY project, folder`,
      { project: project ?? null },
    );
  }

  /** Saves a watched folder, replacing its former entry. */
  put({ project, folder, labels, masks }: StoredWatch): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO watched_folders (project, folder, labels, since, masks) VALUES (?, ?, ?, ?, ?)',
      project,
      folder,
      toJson(labelSource, labels),
      now(),
      masks && toJson(watchedMasks, masks),
    );
  }

  remove(project: number, folder: string): void {
    this.#connection.run(
      'DELETE FROM watched_folders WHERE project = ? AND folder = ?',
      project,
      folder,
    );
  }

  /** Returns the label files that were read, by path. */
  labels(project: number, folder: string): Map<string, WatchedLabel> {
    const all = this.#connection.all(
      labelRow,
      'SELECT path, bytes, modified, inode FROM watched_labels WHERE project = ? AND folder = ?',
      project,
      folder,
    );
    return new Map(all.map((label) => [label.path, label]));
  }

  /** Records the state of label files in a watched folder. */
  noteLabels(project: number, folder: string, labels: Iterable<WatchedLabel>): void {
    this.#connection.transaction(() => {
      for (const { path, bytes, modified, inode } of labels) {
        this.#connection.run(
          'INSERT OR REPLACE INTO watched_labels VALUES (?, ?, ?, ?, ?, ?)',
          project,
          folder,
          path,
          bytes,
          modified,
          inode,
        );
      }
    });
  }
}
