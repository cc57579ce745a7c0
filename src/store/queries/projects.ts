import { z } from 'zod';
import {
  domain,
  projectSettings,
  projectTask,
  type Domain,
  type Project,
  type ProjectSettings,
  type ProjectTask,
} from '../../contract/app.ts';
import { flag, json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';
import { requestForgetting } from '../forget.ts';
import { classesOf, insertClass, requireMaskClasses, type NewClass } from './classes.ts';
import { latestTestSet } from './test-sets.ts';
import { unused, usesOf } from './uses.ts';

export interface NewProject {
  readonly name: string;
  readonly domain: Domain;
  readonly task: ProjectTask;
  readonly isSample: boolean;
  readonly settings: ProjectSettings;
  readonly classes: readonly NewClass[];
}

/** Change of a project; absent or undefined values stay unchanged. */
export interface ProjectChange {
  readonly name?: string | undefined;
  readonly domain?: Domain | undefined;
  readonly task?: ProjectTask | undefined;
  readonly settings?:
    | { readonly [K in keyof ProjectSettings]?: ProjectSettings[K] | undefined }
    | undefined;
}

const projectRow = z.object({
  id: z.number(),
  name: z.string(),
  domain,
  task: projectTask,
  isSample: flag,
  settings: json(projectSettings),
  createdAt: z.string(),
  openedAt: z.string(),
});

const countsRow = z.object({
  images: z.number(),
  marked: z.number(),
  markedLabelled: z.number(),
  drafts: z.number(),
});

const selectProject = `
  SELECT id, name, domain, task, is_sample AS isSample, settings, created_at AS createdAt,
    opened_at AS openedAt
  FROM projects`;

export class ProjectQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws UserError 'invalid-option' if two classes have the same name */
  create({ name, domain, task, isSample, settings, classes }: NewProject): Project {
    return this.#connection.transaction(() => {
      const { id } = this.#connection.run(
        `INSERT INTO projects (name, domain, task, is_sample, settings, created_at, opened_at)
         VALUES (:name, :domain, :task, :isSample, :settings, :now, :now)`,
        {
          name,
          domain,
          task,
          isSample: Number(isSample),
          settings: toJson(projectSettings, settings),
          now: now(),
        },
      );
      for (const newClass of classes) insertClass(this.#connection, id, newClass);
      return this.get(id);
    });
  }

  /** Lists projects, the one opened last first. */
  list(): Project[] {
    const sql = `${selectProject} ORDER BY opened_at DESC, id DESC`;
    return this.#connection.all(projectRow, sql).map((row) => this.#withCounts(row));
  }

  /** @throws UserError 'not-found' */
  get(id: number): Project {
    const row = this.#connection.get(projectRow, `${selectProject} WHERE id = ?`, id);
    if (row === undefined) throw notFoundError('project', id);
    return this.#withCounts(row);
  }

  update(id: number, { name, domain, task, settings = {} }: ProjectChange): Project {
    return this.#connection.transaction(() => {
      const old = this.get(id);
      const given = Object.entries(settings).filter(([, value]) => value !== undefined);
      if (task === 'segmentation' && old.task !== task) requireMaskClasses(old.classes);
      const merged = { ...old.settings, ...Object.fromEntries(given) };
      this.#connection.run(
        'UPDATE projects SET name = ?, domain = ?, task = ?, settings = ? WHERE id = ?',
        name ?? old.name,
        domain ?? old.domain,
        task ?? old.task,
        toJson(projectSettings, merged),
        id,
      );
      return this.get(id);
    });
  }

  /** Records that the project was opened now. */
  touch(id: number): void {
    const { rows } = this.#connection.run(
      'UPDATE projects SET opened_at = ? WHERE id = ?',
      now(),
      id,
    );
    if (rows === 0) throw notFoundError('project', id);
  }

  /** Removes a project with its rows, but no files; call the store's `forgetRemoved` afterwards. */
  remove(id: number): void {
    this.#connection.transaction(() => {
      const { rows } = this.#connection.run('DELETE FROM projects WHERE id = ?', id);
      if (rows === 0) throw notFoundError('project', id);
      requestForgetting(this.#connection);
    });
  }

  #withCounts(row: z.infer<typeof projectRow>): Project {
    const { images, drafts, marked, markedLabelled } = this.#connection.one(
      countsRow,
      `SELECT count(*) AS images, coalesce(sum(is_test), 0) AS marked,
         coalesce(sum(is_labelled AND is_test), 0) AS markedLabelled,
         (SELECT count(*) FROM masks JOIN images AS own ON own.id = masks.image
          WHERE layer = 'human' AND state = 'draft' AND own.project = :project) AS drafts
       FROM images WHERE project = :project`,
      { project: row.id },
    );
    const { ofClass, drawn, spanning, ...uses } = usesOf(this.#connection, row.id, row.task);
    const classes = classesOf(this.#connection, row.id);
    return {
      ...row,
      images,
      drafts,
      ...uses,
      marked: { labelled: markedLabelled, unlabelled: marked - markedLabelled },
      drawn: [...drawn],
      spanning: [...spanning],
      testSet: latestTestSet(this.#connection, row.id),
      classes: classes.map((one) => ({ ...one, ...(ofClass.get(one.id) ?? unused) })),
    };
  }
}
