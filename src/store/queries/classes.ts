import { z } from 'zod';
import type { ProjectClass } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { whyReserved } from '../../core/mask/class-names.ts';
import { lastClassValue } from '../../core/mask/tiles.ts';
import { oneNumber } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFound } from '../failures.ts';
import { eraseClass } from './masks.ts';

export interface NewClass {
  readonly name: string;
  /** sRGB, `#rrggbb`. */
  readonly colour: string;
}

/** A class without what is counted of it. */
export type NamedClass = Pick<ProjectClass, 'id' | 'name' | 'colour' | 'maskValue'>;

const classRow = z.object({
  id: z.number(),
  name: z.string(),
  colour: z.string(),
  maskValue: z.int().min(1).max(lastClassValue).nullable(),
});

/** A project's classes in their order. */
export function classesOf(connection: Connection, project: number): NamedClass[] {
  return connection.all(
    classRow,
    `SELECT id, name, colour, mask_value AS maskValue FROM classes
     WHERE project = ? ORDER BY position, id`,
    project,
  );
}

/** @throws UserError 'invalid-option' where the project has a class of that name, or masks can have none of it or no more */
export function insertClass(
  connection: Connection,
  project: number,
  { name, colour }: NewClass,
): number {
  refuseReservedName(connection, project, name);
  refuseTakenName(connection, project, name);
  const maskValue = freeMaskValue(connection, project);
  if (maskValue === null && isOutlined(connection, project)) {
    throw new UserError(
      'invalid-option',
      `The project has ${lastClassValue} classes, and masks cannot hold more. Remove one that is not needed first.`,
    );
  }
  return connection.run(
    `INSERT INTO classes (project, name, colour, position, mask_value)
     VALUES (:project, :name, :colour,
       (SELECT coalesce(max(position) + 1, 0) FROM classes WHERE project = :project), :maskValue)`,
    { project, name, colour, maskValue },
  ).id;
}

/** The lowest value that no class of the project has in masks; null where all 254 are taken. */
function freeMaskValue(connection: Connection, project: number): number | null {
  const taken = connection.all(
    oneNumber,
    `SELECT mask_value AS value FROM classes WHERE project = ? AND mask_value IS NOT NULL
     ORDER BY mask_value`,
    project,
  );
  const gap = taken.findIndex(({ value }, index) => value !== index + 1);
  const value = gap < 0 ? taken.length + 1 : gap + 1;
  return value <= lastClassValue ? value : null;
}

/** Whether its classes are of regions. */
function isOutlined(connection: Connection, project: number): boolean {
  const sql = `SELECT 1 AS value FROM projects WHERE id = ? AND task = 'segmentation'`;
  return connection.get(oneNumber, sql, project) !== undefined;
}

/** Where regions are outlined: files of masks say with some names that there is no class. */
function refuseReservedName(connection: Connection, project: number, name: string): void {
  const why = whyReserved(name);
  if (why === null || !isOutlined(connection, project)) return;
  throw new UserError('invalid-option', `${why} Choose another name.`);
}

function refuseTakenName(connection: Connection, project: number, name: string): void {
  const sql = 'SELECT id AS value FROM classes WHERE project = ? AND name = ?';
  if (connection.get(oneNumber, sql, project, name) === undefined) return;
  throw new UserError(
    'invalid-option',
    `There is a class named “${name}” already. Choose another name.`,
  );
}

/** Changes of a class return the project that it belongs to. */
export class ClassQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(project: number): NamedClass[] {
    return classesOf(this.#connection, project);
  }

  /**
   * As the project's last class; returns its id.
   *
   * @throws UserError 'invalid-option' where the name is taken or none for masks, 'not-found' without the project
   */
  add(project: number, newClass: NewClass): number {
    return this.#connection.transaction(() => insertClass(this.#connection, project, newClass));
  }

  /** @throws UserError 'invalid-option' where the name is taken, or none for masks */
  rename(id: number, name: string): number {
    return this.#connection.transaction(() => {
      const project = this.projectOf(id);
      const current = 'SELECT id AS value FROM classes WHERE id = ? AND name = ?';
      const isSame = this.#connection.get(oneNumber, current, id, name) !== undefined;
      if (isSame) return project;
      refuseReservedName(this.#connection, project, name);
      refuseTakenName(this.#connection, project, name);
      this.#connection.run('UPDATE classes SET name = ? WHERE id = ?', name, id);
      return project;
    });
  }

  recolour(id: number, colour: string): number {
    const project = this.projectOf(id);
    this.#connection.run('UPDATE classes SET colour = ? WHERE id = ?', colour, id);
    return project;
  }

  /** How many masks by a person show it. @throws UserError 'not-found' */
  masksWith(id: number): number {
    this.projectOf(id);
    const sql = `
      SELECT count(DISTINCT masks.id) AS value
      FROM classes JOIN images ON images.project = classes.project
        JOIN masks ON masks.image = images.id AND layer = 'human'
        JOIN mask_tiles ON mask_tiles.mask = masks.id
      WHERE classes.id = ? AND json_extract(histogram, '$."' || mask_value || '"') IS NOT NULL`;
    return this.#connection.get(oneNumber, sql, id)?.value ?? 0;
  }

  /**
   * Its labels go with it, and its pixels in masks become background. Images that had no other become
   * unlabelled: that they belong to none of the classes is something nobody said.
   */
  remove(id: number): number {
    return this.#connection.transaction(() => {
      const project = this.projectOf(id);
      this.#connection.run(
        `UPDATE images SET is_labelled = 0
         WHERE id IN (SELECT image FROM labels WHERE class = :id)
           AND NOT EXISTS (SELECT 1 FROM labels WHERE image = images.id AND class <> :id)`,
        { id },
      );
      eraseClass(this.#connection, id);
      this.#connection.run('DELETE FROM classes WHERE id = ?', id);
      return project;
    });
  }

  /** @throws UserError 'not-found' */
  projectOf(id: number): number {
    const sql = 'SELECT project AS value FROM classes WHERE id = ?';
    const found = this.#connection.get(oneNumber, sql, id);
    if (found === undefined) throw notFound('class', id);
    return found.value;
  }
}
