import { z } from 'zod';
import type { ImageUse, UseChange } from '../../contract/app.ts';
import { flag } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFound } from '../failures.ts';

/** What became of a change of what images are for. */
export interface UsesSet {
  /** To be applied with `setExactly`, in this order. */
  readonly undo: UseChange[];
  /** Images that nobody named and that changed with their group. */
  readonly followed: number;
  /** Groups that had images on both sides of the test set, and are test images as a whole now. */
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

const selectUse = `SELECT id, group_name AS "group", is_test AS isTest, is_learn AS isLearn, drawn
  FROM images`;

/** What a person sets of images: what they are for, and whose they are. */
export class ImageUseQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Applies all changes or none, to the named images alone. @throws UserError 'not-found' */
  setExactly(project: number, changes: readonly UseChange[]): UsesSet {
    return this.#connection.transaction(() => {
      const before = new Map<number, UseRow>();
      for (const change of changes) this.#apply(project, change, before);
      return { undo: undoOf(before), followed: 0, spanning: [] };
    });
  }

  /**
   * As `setExactly`, and with them all images of their groups: no patient, volume or scene is on both sides. Where a
   * group gains images and some of its images are set as test images, all of them are.
   *
   * @throws UserError 'not-found'
   */
  set(project: number, changes: readonly UseChange[]): UsesSet {
    return this.#connection.transaction(() => {
      const before = new Map<number, UseRow>();
      for (const change of changes) this.#apply(project, change, before);
      const named = before.size;
      const wished = new Map(changes.flatMap(({ image, use }) => (use ? [[image, use]] : [])));
      const regrouped = new Set(changes.filter(({ group }) => group).map(({ image }) => image));
      const spanning: string[] = [];
      for (const [group, members] of this.#groupsOf(project, [...before.keys()])) {
        const wish = members.map(({ id }) => wished.get(id)).findLast((use) => use !== undefined);
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
    if (old === undefined) throw notFound('image', image);
    if (!before.has(image)) before.set(image, old);
    const next = { use: use ?? old.use, group: group === undefined ? old.group : group };
    this.#connection.run(
      'UPDATE images SET is_test = :test, is_learn = :learn, group_name = :group WHERE id = :image',
      {
        ...{ image, group: next.group },
        ...{ test: Number(next.use === 'test'), learn: Number(next.use === 'learn') },
      },
    );
  }

  /** All images of the groups that some images are of. */
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

/** Whether images of a group are on both sides of the test set. */
function spans(members: readonly UseRow[]): boolean {
  const sides = new Set(members.map(({ use, drawn }) => (use === 'auto' ? drawn : use)));
  return sides.has('test') && sides.has('learn');
}

function undoOf(before: ReadonlyMap<number, UseRow>): UseChange[] {
  return [...before.values()].map(({ id, use, group }) => ({ image: id, use, group }));
}
