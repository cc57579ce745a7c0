import { z } from 'zod';
import type { ProjectClass } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { reservedNameProblem } from '../../core/mask/class-names.ts';
import { lastClassValue } from '../../core/mask/tiles.ts';
import { recordText } from '../../text/index.ts';
import { oneNumber } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';
import { eraseClass } from './masks.ts';

export interface NewClass {
  readonly name: string;
  /** Colour in sRGB, `#rrggbb`. */
  readonly colour: string;
}

/** Class without its counts. */
export type NamedClass = Pick<ProjectClass, 'id' | 'name' | 'colour' | 'maskValue'>;

const classRow = z.object({
  id: z.number(),
  name: z.string(),
  colour: z.string(),
  maskValue: z.int().min(1).max(lastClassValue).nullable(),
});

/** Lists a project's classes in their order. */
export function classesOf(connection: Connection, project: number): NamedClass[] {
  return connection.all(
    classRow,
    `SELECT id, name, colour, mask_value AS maskValue FROM classes
     WHERE project = ? ORDER BY position, id`,
    project,
  );
}

/** @throws UserError 'invalid-option' if the name is taken or reserved in masks, or if masks have no value left */
export function insertClass(
  connection: Connection,
  project: number,
  { name, colour }: NewClass,
): number {
  refuseReservedName(connection, project, name);
  refuseTakenName(connection, project, name);
  const maskValue = freeMaskValue(connection, project);
  if (maskValue === null && isOutlined(connection, project)) {
    throw new UserError('invalid-option', recordText.tooManyClasses(lastClassValue));
  }
  return connection.run(
    `INSERT INTO classes (project, name, colour, position, mask_value)
     VALUES (:project, :name, :colour,
       (SELECT coalesce(max(position) + 1, 0) FROM classes WHERE project = :project), :maskValue)`,
    { project, name, colour, maskValue },
  ).id;
}

/** @throws UserError 'invalid-option' if classes made for whole images cannot be used in masks */
export function requireMaskClasses(classes: readonly NamedClass[]): void {
  for (const { name, maskValue } of classes) {
    const why = reservedNameProblem(name);
    if (why !== null) throw new UserError('invalid-option', recordText.renameFirst(why));
    if (maskValue !== null) continue;
    throw new UserError('invalid-option', recordText.classBeyondMasks(name, lastClassValue));
  }
}

/** Returns the lowest mask value that no class of the project has; null if all 254 are taken. */
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

/** Returns true for segmentation projects. */
function isOutlined(connection: Connection, project: number): boolean {
  const sql = `SELECT 1 AS value FROM projects WHERE id = ? AND task = 'segmentation'`;
  return connection.get(oneNumber, sql, project) !== undefined;
}

/** Refuses names that mean "no class" in mask files, in segmentation projects. */
function refuseReservedName(connection: Connection, project: number, name: string): void {
  const why = reservedNameProblem(name);
  if (why === null || !isOutlined(connection, project)) return;
  throw new UserError('invalid-option', recordText.chooseOtherName(why));
}

function refuseTakenName(connection: Connection, project: number, name: string): void {
  const sql = 'SELECT id AS value FROM classes WHERE project = ? AND name = ?';
  if (connection.get(oneNumber, sql, project, name) === undefined) return;
  throw new UserError('invalid-option', recordText.classExists(name));
}

/** Queries of classes. Changes of a class return the project that it belongs to. */
export class ClassQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(project: number): NamedClass[] {
    return classesOf(this.#connection, project);
  }

  /**
   * Adds the project's last class; returns its id.
   *
   * @throws UserError 'invalid-option' if the name is taken or not allowed in masks, 'not-found' without the project
   */
  add(project: number, newClass: NewClass): number {
    return this.#connection.transaction(() => insertClass(this.#connection, project, newClass));
  }

  /** @throws UserError 'invalid-option' if the name is taken, or not allowed in masks */
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

  /** Returns the number of the user's masks that contain the class. @throws UserError 'not-found' */
  masksWith(id: number): number {
    this.projectOf(id);
    const sql = `
      SELECT count(DISTINCT masks.id) AS value
      FROM classes JOIN images ON images.project = classes.project
        JOIN masks ON masks.image = images.id AND layer = 'human'
        JOIN mask_tiles ON mask_tiles.mask = masks.id
      WHERE classes.id = ? AND json_extract(histogram, '$."' || mask_value || '"') IS NOT NULL`;
    return this.#connection.one(oneNumber, sql, id).value;
  }

  /**
   * Removes a class with its labels; its pixels in masks become background. Images without another label become
   * unlabelled, since they were not labelled as showing none of the classes.
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
    if (found === undefined) throw notFoundError('class', id);
    return found.value;
  }
}
