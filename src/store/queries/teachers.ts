import { z } from 'zod';
import { teacherDescription, type TeacherDescription } from '../../contract/descriptions.ts';
import { teacherOverrides, type TeacherOverrides } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { flag, json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFound } from '../failures.ts';

export interface NewTeacher {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** Its sha256 says which teacher it is. */
  readonly description: TeacherDescription;
  /** What a person corrected of what was inferred; runs read the file so. */
  readonly overrides: TeacherOverrides;
  /** What it was trained on and what it suits; null where nobody said. */
  readonly training: string | null;
  readonly suits: string | null;
  readonly licence: string | null;
  readonly isBundled: boolean;
}

export interface StoredTeacher extends NewTeacher {
  readonly id: number;
  readonly addedAt: string;
}

const teacherRow = z.object({
  id: z.number(),
  name: z.string(),
  file: z.string(),
  description: json(teacherDescription),
  overrides: json(teacherOverrides),
  training: z.string().nullable(),
  suits: z.string().nullable(),
  licence: z.string().nullable(),
  isBundled: flag,
  addedAt: z.string(),
});

const measuredRow = z.object({ measured: json(z.unknown()) });
const userRow = z.object({ project: z.string() });

const selectTeacher = `
  SELECT id, name, file, description, overrides, training, suits, licence, is_bundled AS isBundled,
    added_at AS addedAt
  FROM teachers`;

export class TeacherQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a teacher, or notes where a known one lies now and what is said of it. */
  upsert(teacher: NewTeacher): StoredTeacher {
    const { name, file, description, overrides, training, suits, licence, isBundled } = teacher;
    // What was measured is not of a teacher that is taken for another now.
    this.#connection.run(
      `DELETE FROM estimates WHERE teacher IN
         (SELECT id FROM teachers WHERE sha256 = ? AND json(overrides) <> json(?))`,
      description.sha256,
      toJson(teacherOverrides, overrides),
    );
    this.#connection.run(
      `INSERT INTO teachers
         (name, file, sha256, description, overrides, training, suits, licence, is_bundled, added_at)
       VALUES (:name, :file, :sha256, :description, :overrides, :training, :suits, :licence, :isBundled, :now)
       ON CONFLICT (sha256) DO UPDATE SET name = excluded.name, file = excluded.file,
         description = excluded.description, overrides = excluded.overrides,
         training = excluded.training, suits = excluded.suits,
         licence = excluded.licence, is_bundled = max(is_bundled, excluded.is_bundled)`,
      {
        name,
        file,
        training,
        suits,
        licence,
        isBundled: Number(isBundled),
        sha256: description.sha256,
        description: toJson(teacherDescription, description),
        overrides: toJson(teacherOverrides, overrides),
        now: now(),
      },
    );
    const sql = `${selectTeacher} WHERE sha256 = ?`;
    const stored = this.#connection.get(teacherRow, sql, description.sha256);
    if (stored === undefined) throw new Error('teacher: not there after it was written');
    return stored;
  }

  /** The bundled ones first, then by name. */
  list(): StoredTeacher[] {
    const sql = `${selectTeacher} ORDER BY is_bundled DESC, name COLLATE NOCASE, id`;
    return this.#connection.all(teacherRow, sql);
  }

  /** @throws UserError 'not-found' */
  get(id: number): StoredTeacher {
    const row = this.#connection.get(teacherRow, `${selectTeacher} WHERE id = ?`, id);
    if (row === undefined) throw notFound('teacher', id);
    return row;
  }

  /**
   * Forgets a teacher; its file stays. Projects that had chosen it have no choice then.
   *
   * @throws UserError 'in-use' while a run that is not done needs it
   */
  remove(id: number): void {
    this.#connection.transaction(() => {
      const { name } = this.get(id);
      const user = this.#connection.get(
        userRow,
        `SELECT projects.name AS project FROM runs JOIN projects ON projects.id = runs.project
         WHERE runs.teacher = ? AND runs.state <> 'done' ORDER BY runs.id LIMIT 1`,
        id,
      );
      if (user !== undefined) {
        throw new UserError(
          'in-use',
          `An unfinished run of the project “${user.project}” needs ${name}. Finish or remove that run first.`,
        );
      }
      this.#connection.run(
        `UPDATE projects SET settings = json_set(settings, '$.teacher', NULL)
         WHERE settings ->> '$.teacher' = ?`,
        id,
      );
      this.#connection.run('DELETE FROM teachers WHERE id = ?', id);
    });
  }

  /** What was measured of a teacher on a machine; undefined where nothing was, or in another form. */
  estimate<T>(schema: z.ZodType<T>, teacher: number, machine: string): T | undefined {
    const sql = 'SELECT measured FROM estimates WHERE teacher = ? AND machine = ?';
    const found = this.#connection.get(measuredRow, sql, teacher, machine);
    return schema.safeParse(found?.measured).data;
  }

  saveEstimate(teacher: number, machine: string, measured: unknown): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO estimates (teacher, machine, measured) VALUES (?, ?, ?)',
      teacher,
      machine,
      JSON.stringify(measured),
    );
  }
}
