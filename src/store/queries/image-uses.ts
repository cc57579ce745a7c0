import { z } from 'zod';
import type { ImageUse, UseChange } from '../../contract/app.ts';
import { flag } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';
import { keyedGlob } from './image-rows.ts';

/** Result of changing the use of images. */
export interface UseChangeResult {
  /** Changes that undo it, to be applied with `setExactly`, in this order. */
  readonly undo: UseChange[];
  /** Number of other images that changed with their group. */
  readonly followed: number;
  /** Groups that had both test images and other images; all their images are test images now. */
  readonly spanning: string[];
}

const useRow = z
  .object({
    id: z.number(),
    group: z.string().nullable(),
    isTest: flag,
    isLearn: flag,
    drawn: z.enum(['test', 'learn']).nullable(),
  })
  .transform(({ isTest, isLearn, ...row }) => {
    const use: ImageUse = isTest ? 'test' : isLearn ? 'learn' : 'auto';
    return { ...row, use };
  });
type UseRow = z.infer<typeof useRow>;

const tiedRow = z.object({
  id: z.number(),
  /** Patient, volume or series, if its file names one. */
  group: z.string().nullable(),
  /** SHA-256 of a file with several images, as hexadecimal digits. */
  file: z.string().nullable(),
});

const selectUse = `SELECT id, group_name AS "group", is_test AS isTest, is_learn AS isLearn, drawn
  FROM images`;

/** Queries of the user's choices for images: their use, and their group. */
export class ImageUseQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Applies all changes or none, to the named images only. @throws UserError 'not-found' */
  setExactly(project: number, changes: readonly UseChange[]): UseChangeResult {
    return this.#connection.transaction(() => {
      const before = new Map<number, UseRow>();
      for (const change of changes) this.#apply(project, change, before);
      return { undo: undoOf(before), followed: 0, spanning: [] };
    });
  }

  /**
   * Applies changes as `setExactly` does, and to all other images of their groups: no patient, volume or scene has
   * both test and training images. If a group gains images and some of its images are set as test images, all of them
   * become test images. An image moved to another group takes along the other slices of its file, and all images of
   * the patient that the file names: a slice that left its volume could become a test image while the others are used
   * for training.
   *
   * @throws UserError 'not-found'
   */
  set(project: number, changes: readonly UseChange[]): UseChangeResult {
    return this.#connection.transaction(() => {
      const before = new Map<number, UseRow>();
      const followers = this.#followers(project, changes);
      for (const change of changes) this.#apply(project, change, before);
      const named = before.size;
      for (const change of followers) {
        if (!before.has(change.image)) this.#apply(project, change, before);
      }
      const requested = new Map(changes.flatMap(({ image, use }) => (use ? [[image, use]] : [])));
      const regrouped = new Set(changes.filter(({ group }) => group).map(({ image }) => image));
      const spanning: string[] = [];
      for (const [group, members] of this.#groupsOf(project, [...before.keys()])) {
        const wish = members
          .map(({ id }) => requested.get(id))
          .findLast((use) => use !== undefined);
        const isJoined = members.some(({ id }) => regrouped.has(id));
        if (isJoined && spans(members)) spanning.push(group);
        const isAnyTest = isJoined && members.some(({ use }) => use === 'test');
        const use = isAnyTest && wish === undefined ? 'test' : wish;
        if (use === undefined) continue;
        for (const one of members) {
          if (one.use !== use) this.#apply(project, { image: one.id, use }, before);
        }
      }
      return { undo: undoOf(before), followed: before.size - named, spanning };
    });
  }

  #apply(project: number, { image, use, group }: UseChange, before: Map<number, UseRow>): void {
    const sql = `${selectUse} WHERE id = ? AND project = ?`;
    const old = this.#connection.get(useRow, sql, image, project);
    if (old === undefined) throw notFoundError('image', image);
    if (!before.has(image)) before.set(image, old);
    const next = { use: use ?? old.use, group: group === undefined ? old.group : group };
    this.#connection.run(
      'UPDATE images SET is_test = :test, is_learn = :learn, group_name = :group WHERE id = :image',
      {
        image,
        group: next.group,
        test: Number(next.use === 'test'),
        learn: Number(next.use === 'learn'),
      },
    );
  }

  /**
   * Changes of group for images that are inseparable from those that change it: other slices of their files, and
   * other images of the patient, volume or series that a group names. Must be called before the changes are applied.
   * One query for all of them, since a change may name every image of a large project.
   */
  #followers(project: number, changes: readonly UseChange[]): UseChange[] {
    const grouping = changes.filter(({ group }) => group !== undefined);
    if (grouping.length === 0) return [];
    const sql = `WITH named AS MATERIALIZED (
        SELECT group_name, sha256, frame FROM images
        WHERE project = :project AND id IN (SELECT value FROM json_each(:images)))
      SELECT id, CASE WHEN group_name GLOB :keyed THEN group_name END AS "group",
        CASE WHEN frame IS NOT NULL THEN hex(sha256) END AS file
      FROM images WHERE project = :project AND (
        (group_name GLOB :keyed AND group_name IN (SELECT group_name FROM named))
        OR (frame IS NOT NULL AND sha256 IN (SELECT sha256 FROM named WHERE frame IS NOT NULL)))
      ORDER BY id`;
    const named = JSON.stringify(grouping.map(({ image }) => image));
    const values = { project, images: named, keyed: keyedGlob };
    const rows = this.#connection.all(tiedRow, sql, values);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const first = new Map<string, number>();
    for (const [at, { image }] of grouping.entries()) {
      for (const tie of tiesOf(byId.get(image))) if (!first.has(tie)) first.set(tie, at);
    }
    return rows.flatMap((row) => {
      const at = Math.min(...tiesOf(row).map((tie) => first.get(tie) ?? Infinity));
      const change = grouping[at];
      return change === undefined ? [] : [{ image: row.id, group: change.group }];
    });
  }

  /** Lists all images of the groups that some images belong to. */
  #groupsOf(project: number, images: readonly number[]): Map<string, UseRow[]> {
    const sql = `${selectUse} WHERE project = :project AND group_name IN (
      SELECT group_name FROM images WHERE id IN (SELECT value FROM json_each(:images)))`;
    const rows = this.#connection.all(useRow, sql, { project, images: JSON.stringify(images) });
    const groups = new Map<string, UseRow[]>();
    for (const row of rows) {
      if (row.group === null) continue;
      const members = groups.get(row.group) ?? [];
      groups.set(row.group, members);
      members.push(row);
    }
    return groups;
  }
}

/** Keys of properties that hold an image together with others. */
function tiesOf(row: z.infer<typeof tiedRow> | undefined): string[] {
  return [row?.group, row?.file].flatMap((tie) => tie ?? []);
}

/** Returns true if a group has both test images and other images. */
function spans(members: readonly UseRow[]): boolean {
  const sides = new Set(members.map(({ use, drawn }) => (use === 'auto' ? drawn : use)));
  return sides.has('test') && sides.has('learn');
}

function undoOf(before: ReadonlyMap<number, UseRow>): UseChange[] {
  return [...before.values()].map(({ id, use, group }) => ({ image: id, use, group }));
}
