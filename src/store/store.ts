import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Connection } from './connection.ts';
import { damageError, folderFailure, missingWorkspaceError } from './failures.ts';
import { inspectDatabase } from './inspect.ts';
import { takeLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { forgetRemoved, isForgettingDue } from './forget.ts';
import { migrations } from './migrations/all.ts';
import { ClassQueries } from './queries/classes.ts';
import { ExportQueries } from './queries/exports.ts';
import { FetchedCardQueries } from './queries/fetched-cards.ts';
import { ImageQueries } from './queries/images.ts';
import { ImageUseQueries } from './queries/image-uses.ts';
import { ImportFileQueries } from './queries/import-files.ts';
import { ImportQueries } from './queries/imports.ts';
import { LabelQueries } from './queries/labels.ts';
import { MaskQueries } from './queries/masks.ts';
import { ProjectQueries } from './queries/projects.ts';
import { ReviewQueries } from './queries/review.ts';
import { RiskyFileQueries } from './queries/risky-files.ts';
import { RunRecordQueries } from './queries/run-records.ts';
import { RunQueries } from './queries/runs.ts';
import { SettingsQueries } from './queries/settings.ts';
import { TeacherQueries } from './queries/teachers.ts';
import { UnfinishedFileQueries } from './queries/unfinished-files.ts';
import { TestSetQueries } from './queries/test-sets.ts';
import { WatchedFolderQueries } from './queries/watched-folders.ts';
import { hasContents, makePrivateFile, prepareWorkspaceFolder } from './workspace-files.ts';

/*
 * A workspace is a folder with one SQLite database, `understudy.sqlite`, held by one process at a time (lock.ts).
 * Opening takes the lock, checks the file without writing to it (inspect.ts), and migrates it to the newest version
 * (migrate.ts, migrations/). Queries are classes by entity (queries/); they use the contract's entities and validate
 * every row they read (connection.ts, columns.ts).
 *
 * Image files stay in place: a row holds a path and the hash of the content, by which a moved image is recognised.
 * Everything is synchronous, as SQLite is; the only slow operation is importing tens of thousands of images, which is
 * done in batches.
 */

export const databaseName = 'understudy.sqlite';

export interface Store {
  /** Absolute path of the workspace. */
  readonly folder: string;
  readonly projects: ProjectQueries;
  readonly classes: ClassQueries;
  readonly images: ImageQueries;
  readonly labels: LabelQueries;
  readonly masks: MaskQueries;
  readonly imports: ImportQueries;
  readonly importFiles: ImportFileQueries;
  readonly watched: WatchedFolderQueries;
  readonly riskyFiles: RiskyFileQueries;
  readonly teachers: TeacherQueries;
  readonly fetched: FetchedCardQueries;
  readonly runs: RunQueries;
  readonly records: RunRecordQueries;
  readonly review: ReviewQueries;
  readonly exports: ExportQueries;
  readonly settings: SettingsQueries;
  readonly unfinished: UnfinishedFileQueries;
  readonly testSets: TestSetQueries;
  readonly imageUses: ImageUseQueries;
  /** Applies all changes of `work` or none. May be nested; `work` must not be async. */
  transaction<T>(work: () => T): T;
  /**
   * Throws if the database was moved, deleted or replaced since it was opened: SQLite
   * keeps writing to a moved or deleted file without an error.
   *
   * @throws UserError 'not-found'
   */
  requireThere(): void;
  /**
   * Erases traces of removed projects from the database, the files next to it and its copies from before upgrades.
   * Reads and writes the whole database. If it fails (for example on a full disk), the next opening retries.
   */
  forgetRemoved(): void;
  /** Writes everything to the one file and releases the lock. A second call does nothing. */
  close(): void;
}

export interface OpenOptions {
  /** True if the workspace existed before: if it is missing, no new one is created in its place. */
  readonly isKnown?: boolean;
}

/**
 * Opens a workspace, creating it if there is none.
 *
 * @throws UserError 'not-found' if a known workspace is missing, 'disk' if the folder cannot be created or written,
 * 'in-use' if another process has it open, 'invalid-file' if the database is damaged or another program's,
 * 'unsupported' if a newer version wrote it
 */
export function openStore(folder: string, { isKnown = false }: OpenOptions = {}): Store {
  const path = resolve(folder);
  if (isKnown && !existsSync(join(path, databaseName))) throw missingWorkspaceError(path);
  try {
    prepareWorkspaceFolder(path);
  } catch (error) {
    throw folderFailure(error, path);
  }
  const unlock = takeLock(path);
  try {
    const connection = openDatabase(join(path, databaseName));
    if (isForgettingDue(connection)) forgetRemoved(connection, path);
    return storeOn(connection, path, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function openDatabase(file: string): Connection {
  // A first start that was killed leaves an empty file, but nothing else: here a database lost its content.
  if (existsSync(file) && statSync(file).size === 0 && hasContents(dirname(file))) {
    throw damageError(file, 'the file is empty');
  }
  inspectDatabase(file, migrations);
  // SQLite gives the files next to it (-wal, -shm) the permissions of the database.
  makePrivateFile(file);
  const connection = new Connection(file);
  try {
    connection.pragma('journal_mode = WAL');
    // A power failure may lose the last transactions, never the database.
    connection.pragma('synchronous = NORMAL');
    connection.pragma('foreign_keys = ON');
    // Deleted content is overwritten: names of patients' files must not stay in free pages.
    connection.pragma('secure_delete = ON');
    // In KiB: the indices of 50,000 images stay in memory.
    connection.pragma('cache_size = -32768');
    migrate(connection, migrations);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function storeOn(connection: Connection, folder: string, unlock: () => void): Store {
  let isOpen = true;
  const identity = identityOf(connection.file);
  return {
    folder,
    projects: new ProjectQueries(connection),
    classes: new ClassQueries(connection),
    images: new ImageQueries(connection),
    labels: new LabelQueries(connection),
    masks: new MaskQueries(connection),
    imports: new ImportQueries(connection),
    importFiles: new ImportFileQueries(connection),
    watched: new WatchedFolderQueries(connection),
    riskyFiles: new RiskyFileQueries(connection),
    teachers: new TeacherQueries(connection),
    fetched: new FetchedCardQueries(connection),
    runs: new RunQueries(connection),
    records: new RunRecordQueries(connection),
    review: new ReviewQueries(connection),
    exports: new ExportQueries(connection),
    settings: new SettingsQueries(connection),
    unfinished: new UnfinishedFileQueries(connection),
    testSets: new TestSetQueries(connection),
    imageUses: new ImageUseQueries(connection),
    transaction: (work) => connection.transaction(work),
    requireThere: () => {
      if (identityOf(connection.file) !== identity) throw missingWorkspaceError(folder);
    },
    forgetRemoved: () => {
      forgetRemoved(connection, folder);
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      try {
        connection.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        connection.close();
        unlock();
      }
    },
  };
}

/** Returns the identity of the file at a path according to the file system; undefined if there is none. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    // Windows does not let an open file be moved or deleted, and its file numbers may change.
    return process.platform === 'win32' ? 'there' : `${dev} ${ino}`;
  } catch {
    // A removed disk gives many different errors.
    return undefined;
  }
}
