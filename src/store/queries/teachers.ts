import { z } from 'zod';
import { teacherDescription, type TeacherDescription } from '../../contract/descriptions.ts';
import { teacherOverrides, type TeacherOverrides } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { recordText } from '../../text/index.ts';
import { flag, json, now, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';

export interface NewTeacher {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** Description, whose sha256 identifies the teacher. */
  readonly description: TeacherDescription;
  /** The user's corrections of inferred properties; runs apply them when reading the file. */
  readonly overrides: TeacherOverrides;
  /** Images that it was trained on, and purposes that it suits; null if unknown. */
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

  /** Adds a teacher, or updates the file and description of a known one. */
  upsert(teacher: NewTeacher): StoredTeacher {
    const { name, file, description, overrides, training, suits, licence, isBundled } = teacher;
    // Measurements are invalid once a teacher is read differently.
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
    if (stored === undefined) throw new Error('expected the teacher after writing it, got none');
    return stored;
  }

  /** Lists teachers, the bundled ones first, then by name. */
  list(): StoredTeacher[] {
    const sql = `${selectTeacher} ORDER BY is_bundled DESC, name COLLATE NOCASE, id`;
    return this.#connection.all(teacherRow, sql);
  }

  /** @throws UserError 'not-found' */
  get(id: number): StoredTeacher {
    const row = this.#connection.get(teacherRow, `${selectTeacher} WHERE id = ?`, id);
    if (row === undefined) throw notFoundError('teacher', id);
    return row;
  }

  /**
   * Removes a teacher; its file stays. Projects that had chosen it have no teacher then.
   *
   * @throws UserError 'in-use' while an unfinished run needs it
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
          recordText.teacherNeeded({ teacher: name, project: user.project }),
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

  /** Measurements of a teacher on a computer; undefined if there are none, or in another form. */
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
