import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TestSet } from '../../contract/app.ts';
import type { TestMode } from '../../core/dataset/hold-out.ts';
import { json, now } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';

/** Test image with its labels, as text that changes with them. */
export type TestMember = readonly [image: number, labels: string];

/** Inputs of dividing a project's images. */
export interface TestState {
  /** Origin of the frozen test set; undefined before it is frozen. */
  readonly mode: TestMode | undefined;
  /** Seed of the random draw. */
  readonly seed: number;
}

/** Division of images chosen by a run. */
export interface NewTestSet {
  readonly mode: TestMode;
  /** True if it is not the frozen test set. */
  readonly isNew: boolean;
  /** Ids of test images that were not marked. */
  readonly test: readonly number[];
  /** Ids of labelled training images. */
  readonly learn: readonly number[];
  readonly members: readonly TestMember[];
}

const stateRow = z.object({
  mode: z.enum(['drawn', 'marked']).nullable(),
  draws: z.number(),
});

const setRow = z
  .object({
    id: z.number(),
    draw: z.number(),
    version: z.number(),
    fingerprint: z.string(),
    images: z.number(),
    frozenAt: z.string(),
  })
  .transform(({ draw, version, ...row }): TestSet => ({
    ...row,
    name: testSetName(draw, version),
  }));

const memberRow = z.object({
  project: z.number(),
  draw: z.number(),
  members: json(z.array(z.tuple([z.number(), z.string()]))),
});

const idRow = z.object({ id: z.number() });

const selectSet = `SELECT id, draw, version, fingerprint, images, frozen_at AS frozenAt FROM test_sets`;

/**
 * Returns the name of a test set: A, B … Z, AA … by draw, followed by a number once its images or labels change: A2.
 */
export function testSetName(draw: number, version: number): string {
  let letters = '';
  for (let rest = draw; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return version === 1 ? letters : `${letters}${version}`;
}

/** Inputs of dividing a project's images; each draw has another seed. */
export function testState(connection: Connection, project: number): TestState {
  const { mode, draws } = stateOf(connection, project);
  return { mode: mode ?? undefined, seed: mode === null ? draws : draws - 1 };
}

/** Returns the test set of a project as of the last measurement; null if none is frozen. */
export function latestTestSet(connection: Connection, project: number): TestSet | null {
  const { mode, draws } = stateOf(connection, project);
  if (mode === null) return null;
  const sql = `${selectSet} WHERE project = ? AND draw = ? ORDER BY version DESC LIMIT 1`;
  return connection.get(setRow, sql, project, draws) ?? null;
}

/** Returns the test set that a run refers to. */
export function testSetById(connection: Connection, id: number | null): TestSet | null {
  if (id === null) return null;
  return connection.get(setRow, `${selectSet} WHERE id = ?`, id) ?? null;
}

function stateOf(connection: Connection, project: number): z.infer<typeof stateRow> {
  const sql = 'SELECT test_mode AS mode, test_draws AS draws FROM projects WHERE id = ?';
  const row = connection.get(stateRow, sql, project);
  if (row === undefined) throw notFoundError('project', project);
  return row;
}

/**
 * Queries of projects' test sets: the images held out from the first run on, and the results measured on each set.
 */
export class TestSetQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws UserError 'not-found' */
  state(project: number): TestState {
    return testState(this.#connection, project);
  }

  /**
   * Freezes a run's test images for all later runs, and records the test set that the run is measured on: the one
   * with the same images and labels, or else a new one.
   */
  freeze(project: number, run: number, set: NewTestSet): TestSet {
    return this.#connection.transaction(() => {
      if (set.isNew) {
        this.#connection.run('UPDATE images SET drawn = NULL WHERE project = ?', project);
        this.#connection.run(
          'UPDATE projects SET test_mode = ?, test_draws = test_draws + 1 WHERE id = ?',
          set.mode,
          project,
        );
      }
      if (set.mode === 'drawn') {
        this.#draw(project, set.test, 'test');
        this.#draw(project, set.learn, 'learn');
      }
      const { draws } = stateOf(this.#connection, project);
      return this.#assign(project, run, draws, set.members);
    });
  }

  /** Records that only some images of a run's test set could be measured, which makes it another set. */
  narrow(run: number, measured: readonly number[]): void {
    this.#connection.transaction(() => {
      const sql = `SELECT project, draw, members FROM test_sets
        WHERE id = (SELECT test_set FROM runs WHERE id = ?)`;
      const row = this.#connection.get(memberRow, sql, run);
      if (row === undefined) return;
      const ids = new Set(measured);
      const left = row.members.filter(([image]) => ids.has(image));
      if (left.length < row.members.length) this.#assign(row.project, run, row.draw, left);
    });
  }

  /** Lets the next run sample another test set. Images that the user marked or assigned keep their use. */
  drawAnew(project: number): void {
    this.#connection.transaction(() => {
      this.#connection.run('UPDATE images SET drawn = NULL WHERE project = ?', project);
      this.#connection.run('UPDATE projects SET test_mode = NULL WHERE id = ?', project);
    });
  }

  /** Deletes a test set without results: the only run on it was cancelled. */
  release(project: number): void {
    this.#connection.transaction(() => {
      const { mode, draws } = stateOf(this.#connection, project);
      if (mode === null) return;
      const sql = `SELECT runs.id FROM runs LEFT JOIN test_sets ON test_sets.id = runs.test_set
        WHERE runs.project = :project
          AND (draw = :draws OR (test_set IS NULL AND runs.state = 'done')) LIMIT 1`;
      if (this.#connection.get(idRow, sql, { project, draws })) return;
      this.#connection.run('DELETE FROM test_sets WHERE project = ? AND draw = ?', project, draws);
      this.drawAnew(project);
      this.#connection.run('UPDATE projects SET test_draws = ? WHERE id = ?', draws - 1, project);
    });
  }

  #draw(project: number, images: readonly number[], drawn: 'test' | 'learn'): void {
    this.#connection.run(
      `UPDATE images SET drawn = :drawn
       WHERE project = :project AND id IN (SELECT value FROM json_each(:images))`,
      { project, drawn, images: JSON.stringify(images) },
    );
  }

  #assign(project: number, run: number, draw: number, members: readonly TestMember[]): TestSet {
    const sorted = [...members].sort(([one], [other]) => one - other);
    const fingerprint = fingerprintOf(sorted);
    this.#connection.run(
      `INSERT OR IGNORE INTO test_sets (project, draw, version, fingerprint, images, members, frozen_at)
       SELECT :project, :draw, coalesce(max(version), 0) + 1, :fingerprint, :images, :members, :now
       FROM test_sets WHERE project = :project AND draw = :draw`,
      {
        project,
        draw,
        fingerprint,
        images: members.length,
        members: JSON.stringify(sorted),
        now: now(),
      },
    );
    const sql = `${selectSet} WHERE project = ? AND fingerprint = ?`;
    const found = this.#connection.get(setRow, sql, project, fingerprint);
    if (found === undefined) throw notFoundError('project', project);
    this.#connection.run('UPDATE runs SET test_set = ? WHERE id = ?', found.id, run);
    return found;
  }
}

/** Returns the fingerprint of images and labels, regardless of their original order. */
function fingerprintOf(sorted: readonly TestMember[]): string {
  const hash = createHash('sha256');
  for (const [image, labels] of sorted) hash.update(`${image}:${labels}\n`);
  return hash.digest('hex').slice(0, 12);
}
