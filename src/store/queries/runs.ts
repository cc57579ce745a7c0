import { dirname } from 'node:path';
import { z } from 'zod';
import {
  failure,
  projectSettings,
  runState,
  type Failure,
  type ProjectSettings,
  type Run,
  type RunState,
} from '../../contract/app.ts';
import { deviceName, type DeviceName } from '../../contract/jobs.ts';
import { distillSummary, type DistillSummary } from '../../contract/results.ts';
import { count, flag, json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';
import { outsideWorkspaceError, runFolderName } from '../workspace-files.ts';
import { testSetById } from './test-sets.ts';

export interface NewRun {
  readonly project: number;
  readonly teacher: number;
  readonly settings: ProjectSettings;
}

/** Change of a run; absent values stay unchanged. */
export interface RunChange {
  readonly state?: RunState;
  readonly step?: number;
  readonly device?: DeviceName | null;
  readonly deviceNote?: string | null;
  readonly error?: Failure | null;
  readonly summary?: DistillSummary | null;
}

/** Properties of a run that only the engine needs. */
export interface RunFiles {
  /** Path relative to the workspace, with `/`. */
  readonly folder: string;
  /** Id of the teacher; null if it has been removed. */
  readonly teacher: number | null;
}

const runRow = z.object({
  id: z.number(),
  project: z.number(),
  state: runState,
  settings: json(projectSettings),
  teacherName: z.string(),
  teacherBlocks: z.int().min(1),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  step: count,
  device: deviceName.nullable(),
  deviceNote: z.string().nullable(),
  error: json(failure).nullable(),
  summary: json(distillSummary).nullable(),
  isExported: flag,
  testSet: z.number().nullable(),
});

const filesRow = z.object({ folder: z.string(), teacher: z.number().nullable() });
const folderRow = z.object({ id: z.number(), folder: z.string() });

const selectRun = `
  SELECT id, project, state, settings, teacher_name AS teacherName, teacher_blocks AS teacherBlocks,
    created_at AS createdAt, finished_at AS finishedAt, step, device,
    device_note AS deviceNote, error, summary, test_set AS testSet,
    EXISTS (SELECT 1 FROM exports WHERE run = runs.id) AS isExported
  FROM runs`;

export class RunQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Creates a queued run, which stores the settings and the displayed properties of its teacher.
   *
   * @throws UserError 'not-found' without the teacher or the project
   */
  create({ project, teacher, settings }: NewRun): Run {
    return this.#connection.transaction(() => {
      const { rows, id } = this.#connection.run(
        `INSERT INTO runs
           (project, teacher, teacher_name, teacher_blocks, state, settings, folder, created_at)
         SELECT :project, id, name, description ->> '$.architecture.depth', 'queued', :settings, '',
           :now
         FROM teachers WHERE id = :teacher`,
        { project, teacher, settings: toJson(projectSettings, settings), now: now() },
      );
      if (rows === 0) throw notFoundError('teacher', teacher);
      this.#connection.run('UPDATE runs SET folder = ? WHERE id = ?', runFolderName(id), id);
      return this.get(id);
    });
  }

  /** Changes the settings of a run that has not been trained yet. @throws UserError 'not-found' without the teacher */
  renew(id: number, { teacher, settings }: Pick<NewRun, 'teacher' | 'settings'>): Run {
    return this.#connection.transaction(() => {
      const { rows } = this.#connection.run(
        `UPDATE runs SET (teacher, teacher_name, teacher_blocks) =
           (SELECT id, name, description ->> '$.architecture.depth' FROM teachers WHERE id = :teacher),
           settings = :settings, device = NULL, device_note = NULL
         WHERE id = :id AND EXISTS (SELECT 1 FROM teachers WHERE id = :teacher)`,
        { id, teacher, settings: toJson(projectSettings, settings) },
      );
      if (rows === 0) throw notFoundError('teacher', teacher);
      return this.get(id);
    });
  }

  /** @throws UserError 'not-found' */
  get(id: number): Run {
    const row = this.#connection.get(runRow, `${selectRun} WHERE id = ?`, id);
    if (row === undefined) throw notFoundError('run', id);
    return this.#asRun(row);
  }

  /** @throws UserError 'not-found', 'invalid-file' if its folder is not its own */
  files(id: number): RunFiles {
    const sql = 'SELECT folder, teacher FROM runs WHERE id = ?';
    const row = this.#connection.get(filesRow, sql, id);
    if (row === undefined) throw notFoundError('run', id);
    // A changed database could name any folder, to be written to or deleted.
    if (row.folder !== runFolderName(id))
      throw outsideWorkspaceError(dirname(this.#connection.file), row.folder);
    return row;
  }

  /** Folders of a project's runs, or of one, without folders that are not the run's own, which must not be touched. */
  ownFolders(project: number, only?: number): string[] {
    const sql = 'SELECT id, folder FROM runs WHERE project = :project AND id = ifnull(:only, id)';
    const rows = this.#connection.all(folderRow, sql, { project, only: only ?? null });
    return rows.flatMap(({ id, folder }) => (folder === runFolderName(id) ? [folder] : []));
  }

  /** Lists a project's runs, the latest first. */
  list(project: number): Run[] {
    const sql = `${selectRun} WHERE project = ? ORDER BY id DESC`;
    return this.#connection.all(runRow, sql, project).map((row) => this.#asRun(row));
  }

  /** Lists runs that were queued or running when the last process ended, in their order. */
  interrupted(): Run[] {
    const sql = `${selectRun} WHERE state IN ('queued', 'running') ORDER BY id`;
    return this.#connection.all(runRow, sql).map((row) => this.#asRun(row));
  }

  /** Changes a run; if its new state is `done` or `failed`, it is finished now. */
  update(id: number, { state, step, device, deviceNote, error, summary }: RunChange): Run {
    return this.#connection.transaction(() => {
      if (state !== undefined) {
        const finishedAt = state === 'done' || state === 'failed' ? now() : null;
        this.#connection.run(
          'UPDATE runs SET state = ?, finished_at = ? WHERE id = ?',
          state,
          finishedAt,
          id,
        );
      }
      if (step !== undefined) {
        this.#connection.run('UPDATE runs SET step = ? WHERE id = ?', step, id);
      }
      if (device !== undefined) {
        this.#connection.run('UPDATE runs SET device = ? WHERE id = ?', device, id);
      }
      if (deviceNote !== undefined) {
        this.#connection.run('UPDATE runs SET device_note = ? WHERE id = ?', deviceNote, id);
      }
      if (error !== undefined) {
        const text = error && toJson(failure, error);
        this.#connection.run('UPDATE runs SET error = ? WHERE id = ?', text, id);
      }
      if (summary !== undefined) {
        const text = summary && toJson(distillSummary, summary);
        this.#connection.run('UPDATE runs SET summary = ? WHERE id = ?', text, id);
      }
      return this.get(id);
    });
  }

  #asRun(row: z.infer<typeof runRow>): Run {
    return { ...row, testSet: testSetById(this.#connection, row.testSet) };
  }

  /** Removes a run with its curves, predictions and list of exports; the caller removes its files. */
  remove(id: number): void {
    const { rows } = this.#connection.run('DELETE FROM runs WHERE id = ?', id);
    if (rows === 0) throw notFoundError('run', id);
  }
}
