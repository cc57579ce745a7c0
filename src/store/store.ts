import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Connection } from './connection.ts';
import { folderFailure, goneFailure } from './failures.ts';
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
import { makePrivateFile, prepareWorkspaceFolder } from './workspace-files.ts';

/*
 * A workspace is a folder with one SQLite database, `understudy.sqlite`, held by one process at a time
 * (lock.ts). Opening takes the lock, looks at the file without writing to it (inspect.ts), and brings it
 * to the newest form (migrate.ts, migrations/). Queries are classes by entity (queries/); they speak in
 * the contract's entities and check every row they read (connection.ts, columns.ts).
 *
 * Images stay where they lie: a row holds a place and the hash of the content, by which an image is known
 * again when it moved. Everything is synchronous, as SQLite is; nothing here takes long but importing
 * tens of thousands of images, which is done in batches.
 */

export const databaseName = 'understudy.sqlite';

export interface Store {
  /** Absolute. */
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
  /** All changes of `work` or none. May be nested; `work` must not be async. */
  transaction<T>(work: () => T): T;
  /**
   * Throws where the database is not where it was opened any more, or another is in its place: SQLite
   * writes on into a file that was moved or deleted, and does not tell.
   *
   * @throws UserError 'not-found'
   */
  requireThere(): void;
  /**
   * Takes what removed projects have left out of the database, the files beside it and its copies from before
   * upgrades. Reads and writes all of the database. Where that fails, on a full disk say, the next opening does it.
   */
  forgetRemoved(): void;
  /** Puts everything into the one file and lets others in. A second call does nothing. */
  close(): void;
}

export interface OpenOptions {
  /** There were projects before: where there are none now, no new workspace is begun in their place. */
  readonly isKnown?: boolean;
}

/**
 * Opens a workspace, which is created where there is none.
 *
 * @throws UserError 'not-found' when one that is known is not there, 'disk' when the folder cannot be created or written, 'in-use' when another process has
 * it open, 'invalid-file' when the database is damaged or another program's, 'unsupported' when a newer
 * version wrote it
 */
export function openStore(folder: string, { isKnown = false }: OpenOptions = {}): Store {
  const path = resolve(folder);
  if (isKnown && !existsSync(join(path, databaseName))) throw goneFailure(path);
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
  inspectDatabase(file, migrations);
  // SQLite gives the files beside it (-wal, -shm) the permissions that the database has.
  makePrivateFile(file);
  const connection = new Connection(file);
  try {
    connection.pragma('journal_mode = WAL');
    // A power cut may take the last transactions, never the database.
    connection.pragma('synchronous = NORMAL');
    connection.pragma('foreign_keys = ON');
    // What is deleted is overwritten: names of patients' files must not stay in free pages.
    connection.pragma('secure_delete = ON');
    // KiB: the indices of 50,000 images stay in memory.
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
      if (identityOf(connection.file) !== identity) throw goneFailure(folder);
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

/** Which file lies there, as the file system tells; undefined for none. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    // Windows lets no one move or delete an open file, and its numbers are not the same for ever.
    return process.platform === 'win32' ? 'there' : `${dev} ${ino}`;
  } catch {
    // A disk that was taken out answers in many ways.
    return undefined;
  }
}
