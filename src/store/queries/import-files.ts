import { relative, sep } from 'node:path';
import { z } from 'zod';
import { fileOutcome } from '../../contract/app.ts';
import type { FileFilter, FileOutcome, ImportedFile } from '../../contract/app.ts';
import { json, oneNumber } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { foldedName } from './names.ts';

/** Outcome of importing a file. */
export interface FileRecord {
  /** Absolute path. */
  readonly path: string;
  readonly outcome: FileOutcome;
  readonly reason: string | null;
  /** Size and time of the file; null if they could not be read, or were not read. */
  readonly stamp: {
    readonly bytes: number;
    readonly modified: number;
    readonly inode: number | null;
  } | null;
  /** SHA-256 of its content, 32 bytes; null if it could not be read. */
  readonly sha256: Uint8Array | null;
  /** Number of images in it: slices or pages. */
  readonly images: number;
}

/** Imported file with its state at that time. */
export interface KnownFile {
  readonly path: string;
  readonly outcome: FileOutcome;
  readonly bytes: number | null;
  readonly modified: number | null;
  readonly inode: number | null;
  readonly images: number;
  /** Images of the project with its content, wherever they are. */
  readonly found: readonly {
    readonly id: number;
    readonly frame: number | null;
    readonly folder: string;
    readonly name: string;
  }[];
}

export interface FilePage {
  readonly total: number;
  readonly counts: Readonly<Record<FileOutcome, number>>;
  readonly files: ImportedFile[];
}

const found = z.strictObject({
  id: z.number(),
  frame: z.number().nullable(),
  folder: z.string(),
  name: z.string(),
});

const inodeRow = z.object({ path: z.string(), inode: z.number() });

const knownRow = z.object({
  path: z.string(),
  outcome: fileOutcome,
  bytes: z.number().nullable(),
  modified: z.number().nullable(),
  inode: z.number().nullable(),
  images: z.number(),
  found: json(z.array(found)),
});

const fileRow = z
  .object({
    path: z.string(),
    folder: z.string().nullable(),
    outcome: fileOutcome,
    reason: z.string().nullable(),
  })
  .transform(({ path, folder, ...row }) => ({ ...row, folder, path, name: nameIn(folder, path) }));

const countRow = z.object({ outcome: fileOutcome, count: z.number() });
const elsewhereRow = z.object({
  id: z.number(),
  frame: z.number().nullable(),
  path: z.string(),
  modified: z.number(),
});

/** Conditions by filter, written out so that the index of skipped files is used. */
const conditions = {
  all: '',
  added: `AND outcome = 'added'`,
  known: `AND outcome = 'known'`,
  moved: `AND outcome = 'moved'`,
  skipped: `AND outcome = 'skipped'`,
  other: `AND outcome = 'other'`,
} as const;

/** Number of rows that `all` reads at a time. */
const batch = 2000;

/** Queries of the outcomes of a project's imports: one row per file, for its latest import. */
export class ImportFileQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Finds those of the files that were imported before. */
  known(project: number, paths: readonly string[]): KnownFile[] {
    return this.#connection.all(
      knownRow,
      `SELECT path, outcome, bytes, modified, inode, files.images,
         (SELECT json_group_array(json_object('id', id, 'frame', frame, 'folder', folder, 'name', name))
          FROM images WHERE images.project = files.project AND images.sha256 = files.sha256) AS found
       FROM import_files AS files
       WHERE files.project = ? AND path IN (SELECT value FROM json_each(?))`,
      project,
      JSON.stringify(paths),
    );
  }

  /** Returns the inode of each file, if known, by path. */
  inodes(project: number): Map<string, number> {
    const sql = 'SELECT path, inode FROM import_files WHERE project = ? AND inode IS NOT NULL';
    const rows = this.#connection.all(inodeRow, sql, project);
    return new Map(rows.map(({ path, inode }) => [path, inode]));
  }

  /** Saves the outcome of files in an import. */
  put(project: number, report: number, files: readonly FileRecord[]): void {
    this.#connection.transaction(() => {
      for (const { path, outcome, reason, stamp, sha256, images } of files) {
        const folded = foldedName(path);
        this.#connection.run(
          `INSERT OR REPLACE INTO import_files (project, path, folded_path, import, outcome, reason,
             bytes, modified, inode, sha256, images)
           VALUES (:project, :path, :folded, :report, :outcome, :reason, :bytes, :modified, :inode,
             :sha256, :images)`,
          {
            project,
            path,
            report,
            outcome,
            reason,
            sha256,
            images,
            folded: folded === path ? null : folded,
            bytes: stamp?.bytes ?? null,
            modified: stamp?.modified ?? null,
            inode: stamp?.inode ?? null,
          },
        );
      }
    });
  }

  /** Records that an import found files unchanged. */
  recordUnchanged(project: number, report: number, paths: readonly string[]): void {
    this.#connection.run(
      `UPDATE import_files SET import = :report, outcome = 'known', reason = NULL
       WHERE project = :project AND path IN (SELECT value FROM json_each(:paths))`,
      { project, report, paths: JSON.stringify(paths) },
    );
  }

  /** Adds a remark about an unchanged file. */
  addRemark(project: number, path: string, reason: string): void {
    this.#connection.run(
      'UPDATE import_files SET reason = ? WHERE project = ? AND path = ?',
      reason,
      project,
      path,
    );
  }

  /** Marks a file as moved: its image was found in it and no longer at its former location. */
  markMoved(project: number, path: string): void {
    this.#connection.run(
      `UPDATE import_files SET outcome = 'moved' WHERE project = ? AND path = ?`,
      project,
      path,
    );
  }

  /** Forgets that these files were skipped, so that they are read again. */
  forgetSkipped(project: number, paths: readonly string[]): void {
    this.#connection.run(
      `DELETE FROM import_files WHERE project = :project AND outcome = 'skipped'
         AND path IN (SELECT value FROM json_each(:paths))`,
      { project, paths: JSON.stringify(paths) },
    );
  }

  /** Forgets files, so that the next import reads them again. */
  forgetFiles(files: readonly { readonly project: number; readonly path: string }[]): void {
    this.#connection.transaction(() => {
      for (const { project, path } of files) {
        const sql = 'DELETE FROM import_files WHERE project = ? AND path = ?';
        this.#connection.run(sql, project, path);
      }
    });
  }

  /** Forgets files of a folder that a completed import has not found. */
  forgetUnseen(project: number, folder: string, report: number): void {
    const below = folder.endsWith(sep) ? folder : folder + sep;
    this.#connection.run(
      `DELETE FROM import_files WHERE project = :project AND import IS NOT :report AND (
         (path >= :below AND path < :beyond)
         OR import IN (SELECT id FROM imports WHERE project = :project AND folder = :folder))`,
      { project, report, folder, below, beyond: `${below}\u{10ffff}` },
    );
  }

  /** Finds other files with the content of these images. */
  elsewhere(project: number, images: readonly number[]): z.infer<typeof elsewhereRow>[] {
    // Files first, each once: there is no index by content.
    return this.#connection.all(
      elsewhereRow,
      `SELECT images.id, images.frame, files.path, files.modified
       FROM import_files AS files CROSS JOIN images
         ON images.project = files.project AND images.sha256 = files.sha256
       WHERE files.project = ? AND files.modified IS NOT NULL
         AND images.id IN (SELECT value FROM json_each(?))`,
      project,
      JSON.stringify(images),
    );
  }

  /** Returns the number of skipped files of a project. */
  leftOut(project: number): number {
    const sql = `SELECT count(*) AS value FROM import_files
      WHERE project = ? AND outcome = 'skipped'`;
    return this.#connection.one(oneNumber, sql, project).value;
  }

  /** Returns a page of the files that match a filter, by path. */
  page(project: number, filter: FileFilter, offset: number, limit: number): FilePage {
    const { sql, values } = where(project, filter);
    const counts = { added: 0, known: 0, moved: 0, skipped: 0, other: 0 };
    const counted = `SELECT outcome, count(*) AS count FROM import_files ${sql} GROUP BY outcome`;
    for (const row of this.#connection.all(countRow, counted, values)) {
      counts[row.outcome] = row.count;
    }
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return {
      counts,
      total: filter.show === 'all' ? all : counts[filter.show],
      files: this.#rows(project, filter, offset, limit),
    };
  }

  /** Reads all files that match a filter in batches, so that the store stays usable in the meantime. */
  *all(project: number, filter: FileFilter): Generator<ImportedFile> {
    for (let offset = 0; ; offset += batch) {
      const rows = this.#rows(project, filter, offset, batch);
      yield* rows;
      if (rows.length < batch) return;
    }
  }

  #rows(project: number, filter: FileFilter, offset: number, limit: number): ImportedFile[] {
    const { sql, values } = where(project, filter);
    // The inner query needs only an index, however far the page is.
    return this.#connection.all(
      fileRow,
      `SELECT path, imports.folder, outcome, reason
       FROM import_files LEFT JOIN imports ON imports.id = import_files.import
       WHERE import_files.project = :project AND path IN (
         SELECT path FROM import_files ${sql} ${conditions[filter.show]} ORDER BY path LIMIT :limit OFFSET :offset)
       ORDER BY path`,
      { ...values, limit, offset },
    );
  }
}

function where(
  project: number,
  filter: FileFilter,
): { sql: string; values: Record<string, string | number> } {
  const search = foldedName(filter.search);
  const parts = [
    'WHERE project = :project',
    ...(filter.report === null ? [] : ['import = :report']),
    ...(search === '' ? [] : ['instr(ifnull(folded_path, path), :search) > 0']),
  ];
  return {
    sql: parts.join(' AND '),
    values: {
      project,
      ...(filter.report !== null && { report: filter.report }),
      ...(search !== '' && { search }),
    },
  };
}

/** Returns the path relative to the folder, with `/` on every system; the whole path if the file is elsewhere. */
function nameIn(folder: string | null, path: string): string {
  if (folder === null) return path;
  const name = relative(folder, path);
  return name === '' || name.startsWith('..') ? path : name.replaceAll(sep, '/');
}
