import { join } from 'node:path';
import { z } from 'zod';
import { projectTask } from '../../contract/app.ts';
import type { ImageFilter, ProjectImage } from '../../contract/app.ts';
import { maskState } from '../../contract/masks.ts';
import { isImageSize } from '../../core/mask/tiles.ts';
import { count, flag, json, oneNumber, side } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFound } from '../failures.ts';
import type { Part } from '../../core/dataset/hold-out.ts';
import { saidPart, usesOf } from './uses.ts';
import { foldedName, naturalKey } from './names.ts';

/** Where an image lies. */
export interface ImagePlace {
  /** Absolute; what was imported. */
  readonly folder: string;
  /** Relative to the folder, with `/` on every system. */
  readonly name: string;
  /** Milliseconds since 1970, as the file system says. */
  readonly modified: number;
}

export interface NewImage extends ImagePlace {
  /** Which slice of the file, from 0; its number, from 1, is then behind the name. */
  readonly frame?: number | undefined;
  /** Of the file's content; 32 bytes. */
  readonly sha256: Uint8Array;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** Patient, scene or the like; related images stay on one side of a split. */
  readonly group: string | undefined;
  readonly isTest: boolean;
}

export interface AddedImage {
  readonly id: number;
  /** False: the project has this content already, and nothing was changed. */
  readonly isNew: boolean;
  /** Where the store has it; not where it was found now, if it is known from elsewhere. */
  readonly folder: string;
  readonly name: string;
}

export interface StoredImage extends NewImage {
  readonly id: number;
  readonly project: number;
  /** Absolute. */
  readonly path: string;
  readonly isLabelled: boolean;
  /** Ids of classes. */
  readonly classes: readonly number[];
  /** What a person, a folder's name or a table says that it is for. */
  readonly said: Part | undefined;
  /** What it was drawn for when the test set was frozen. */
  readonly drawn: Part | undefined;
}

export interface ImagePage {
  readonly total: number;
  readonly images: ProjectImage[];
}

const classIds = json(z.array(z.number()));

const imageRow = z.object({
  id: z.number(),
  name: z.string(),
  width: side,
  height: side,
  isLabelled: flag,
  classes: classIds,
  isTest: flag,
  isLearn: flag,
  group: z.string().nullable(),
});

export const shownRow = imageRow.extend({
  isReviewed: flag,
  mask: maskState.nullable(),
  isPredicted: flag,
});

/** As the contract has it: what there is not, of a mask or of somebody's look, there is no word of. */
export function asShown(row: z.infer<typeof shownRow>): ProjectImage {
  const { id, name, width, height, isLabelled, classes, isTest, isReviewed, mask } = row;
  const { isPredicted, isLearn, group } = row;
  return {
    ...{ id, name, width, height, isLabelled, classes, isTest },
    ...(isLearn && { isLearn }),
    ...(group !== null && { group }),
    ...(isReviewed && { isReviewed }),
    ...(mask !== null && { mask }),
    ...(isPredicted && { isPredicted }),
  };
}

const pageRow = shownRow.refine(isImageSize).transform(asShown);

const storedRow = z
  .object({
    ...imageRow.shape,
    project: z.number(),
    folder: z.string(),
    sha256: z.instanceof(Uint8Array),
    bytes: count,
    modified: z.number(),
    frame: count.nullable(),
    drawn: z.enum(['test', 'learn']).nullable(),
  })
  .refine(isImageSize)
  .transform(({ group, frame, drawn, isLearn, ...row }) => ({
    ...row,
    said: saidPart(row.isTest, isLearn),
    drawn: drawn ?? undefined,
    group: group ?? undefined,
    frame: frame ?? undefined,
    path: join(row.folder, frame === null ? row.name : row.name.replace(/#\d+$/, '')),
  }));

const groupRow = z.object({ group: z.string() });

const keyedRow = z
  .object({
    ...{ id: z.number(), project: z.number(), folder: z.string(), name: z.string() },
    ...{ sha256: z.instanceof(Uint8Array), bytes: count, modified: z.number() },
    ...{ group: z.string(), frame: count.nullable() },
  })
  .transform(({ folder, name, frame, ...row }) => ({
    ...row,
    path: join(folder, frame === null ? name : name.replace(/#\d+$/, '')),
  }));
/** An image with a group under the workspace's secret, and its file. */
export type KeyedImage = z.infer<typeof keyedRow>;

/** What groups under the workspace's secret look like: 16 hexadecimal digits. */
const isKeyed = `group_name GLOB '${'[0-9a-f]'.repeat(16)}'`;

const placeRow = z.object({ id: z.number(), folder: z.string(), name: z.string() });

const orderRow = z.object({ folder: z.string(), key: z.string(), id: z.number() });
const folderRow = z.object({ folder: z.string() });
const idRow = z.object({ id: z.number() });
const contentRow = z.object({ sha256: z.instanceof(Uint8Array) });

const imageColumns = `
  id, name, width, height, is_labelled AS isLabelled, is_test AS isTest, is_learn AS isLearn,
  group_name AS "group",
  (SELECT json_group_array(class ORDER BY class) FROM labels WHERE image = images.id) AS classes`;

/** Of `images`, for `shownRow`. */
export const shownColumns = `${imageColumns}, is_reviewed AS isReviewed,
  (SELECT state FROM masks WHERE image = images.id AND layer = 'human') AS mask,
  EXISTS (SELECT 1 FROM masks WHERE image = images.id AND layer = 'student') AS isPredicted`;

const storedColumns = `${imageColumns}, project, folder, sha256, bytes,
  modified, frame, drawn`;

const inOrder = 'ORDER BY folder, natural_key, id';

const conditions = {
  all: '',
  unlabelled: 'AND is_labelled = 0',
  'to-label': 'AND is_labelled = 0 AND is_test = 0',
  labelled: 'AND is_labelled = 1',
  test: 'AND (is_test = 1 OR id IN (SELECT value FROM json_each(:drawn)))',
  review: 'AND (is_labelled = 0 OR is_reviewed = 0)',
  draft: `AND id IN (SELECT image FROM masks WHERE layer = 'human' AND state = 'draft')`,
  predicted: `AND is_labelled = 0
    AND EXISTS (SELECT 1 FROM masks WHERE image = images.id AND layer = 'student')`,
  class: 'AND id IN (SELECT image FROM labels WHERE class = :class)',
} as const;

/** Rows that `all` reads at a time. */
const batch = 1000;

export class ImageQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds what the project does not have yet, by content; one answer an image, in the same order. */
  add(project: number, images: readonly NewImage[]): AddedImage[] {
    return this.#connection.transaction(() => images.map((image) => this.#add(project, image)));
  }

  /** A part of the images that a filter leaves, by folder and natural name. */
  page(project: number, filter: ImageFilter, offset: number, limit: number): ImagePage {
    const show = typeof filter.show === 'number' ? 'class' : filter.show;
    const search = foldedName(filter.search);
    const where = `WHERE project = :project ${conditions[show]} ${
      search === '' ? '' : 'AND instr(folded_name, :search) > 0'
    }`;
    const values = {
      project,
      ...(typeof filter.show === 'number' && { class: filter.show }),
      ...(show === 'test' && { drawn: JSON.stringify(this.#drawn(project)) }),
      ...(search !== '' && { search }),
    };
    const counted = `SELECT count(*) AS value FROM images ${where}`;
    const total = this.#connection.get(oneNumber, counted, values)?.value ?? 0;
    // The inner query needs an index only, however far the page is.
    const images = this.#connection.all(
      pageRow,
      `SELECT ${shownColumns} FROM images
       WHERE id IN (SELECT id FROM images ${where} ${inOrder} LIMIT :limit OFFSET :offset)
       ${inOrder}`,
      { ...values, limit, offset },
    );
    return { total, images };
  }

  /** Held out by chance, as none is marked. */
  #drawn(project: number): readonly number[] {
    const sql = 'SELECT task FROM projects WHERE id = ?';
    const row = this.#connection.get(z.object({ task: projectTask }), sql, project);
    return row === undefined ? [] : usesOf(this.#connection, project, row.task).drawn;
  }

  /** @throws UserError 'not-found' */
  get(id: number): StoredImage {
    const sql = `SELECT ${storedColumns} FROM images WHERE id = ?`;
    const row = this.#connection.get(storedRow, sql, id);
    if (row === undefined) throw notFound('image', id);
    return row;
  }

  /**
   * All images of a project, the labelled ones, or those that nobody has looked at, by folder and natural name. They are read in batches,
   * so the store stays usable meanwhile; changes made then may or may not show.
   */
  *all(project: number, which: 'all' | 'labelled' | 'review' = 'all'): Generator<StoredImage> {
    let last = { folder: '', key: '', id: 0 };
    for (;;) {
      const rows = this.#connection.all(
        storedRow,
        `SELECT ${storedColumns} FROM images WHERE project = :project ${conditions[which]}
           AND (folder, natural_key, id) > (:folder, :key, :id)
         ${inOrder} LIMIT ${batch}`,
        { project, folder: last.folder, key: last.key, id: last.id },
      );
      const end = rows.at(-1);
      if (end === undefined) return;
      // By what is stored: a key that is not the name's would lead back to rows that were read.
      const place = 'SELECT folder, natural_key AS key, id FROM images WHERE id = ?';
      last = this.#connection.get(orderRow, place, end.id) ?? last;
      yield* rows;
    }
  }

  /** Ids of a file's slices in a project, in their order. */
  framesOf(project: number, sha256: Uint8Array): number[] {
    const sql = 'SELECT id FROM images WHERE project = ? AND sha256 = ? ORDER BY frame';
    return this.#connection.all(idRow, sql, project, sha256).map(({ id }) => id);
  }

  /** Images of files that hold one each, of the same folder, size and group, by natural name. */
  alike({ project, folder, width, height, group }: StoredImage): {
    readonly id: number;
    readonly name: string;
    readonly path: string;
  }[] {
    const sql = `SELECT id, folder, name FROM images
      WHERE project = :project AND folder = :folder AND width = :width AND height = :height
        AND group_name IS :group AND frame IS NULL ${inOrder}`;
    const values = { project, folder, width, height, group: group ?? null };
    return this.#connection
      .all(placeRow, sql, values)
      .map(({ id, name }) => ({ id, name, path: join(folder, name) }));
  }

  /** Pixels of an image, on average; 0 where there is none. */
  meanPixels(project: number): number {
    const sql = 'SELECT coalesce(avg(width * height), 0) AS value FROM images WHERE project = ?';
    return this.#connection.get(oneNumber, sql, project)?.value ?? 0;
  }

  /** Notes where images lie that were found elsewhere by their content. */
  relocate(moves: readonly (ImagePlace & { readonly id: number })[]): void {
    this.#connection.transaction(() => {
      for (const { id, folder, name, modified } of moves) {
        const { rows } = this.#connection.run(
          `UPDATE images SET folder = :folder, name = :name, modified = :modified,
             folded_name = :folded, natural_key = :key WHERE id = :id`,
          { id, folder, name, modified, folded: foldedName(name), key: naturalKey(name) },
        );
        if (rows === 0) throw notFound('image', id);
      }
    });
  }

  /** Images of these folders are in another one now, under the same names. */
  moveFolders(project: number, isMoved: (folder: string) => boolean, to: string): void {
    this.#connection.transaction(() => {
      const sql = 'SELECT DISTINCT folder FROM images WHERE project = ?';
      for (const { folder } of this.#connection.all(folderRow, sql, project)) {
        if (folder === to || !isMoved(folder)) continue;
        this.#connection.run(
          'UPDATE images SET folder = ? WHERE project = ? AND folder = ?',
          ...[to, project, folder],
        );
      }
    });
  }

  /**
   * Takes in what is said later of images: that they are held out, and the group they belong to. What a person set to
   * be learnt from stays so.
   */
  assign(
    project: number,
    images: readonly { id: number; isTest: boolean; group: string | undefined }[],
  ): void {
    this.#connection.transaction(() => {
      for (const { id, isTest, group } of images) {
        this.#connection.run(
          `UPDATE images SET is_test = max(is_test, :isTest AND NOT is_learn), group_name = coalesce(:group, group_name)
           WHERE project = :project AND id = :id`,
          { project, id, isTest: Number(isTest), group: group ?? null },
        );
      }
    });
  }

  /** How many groups are kept under the workspace's secret. */
  keyedGroups(): number {
    const sql = `SELECT count(DISTINCT group_name) AS value FROM images WHERE ${isKeyed}`;
    return this.#connection.get(oneNumber, sql)?.value ?? 0;
  }

  /** Their names. */
  keyedGroupNames(): Set<string> {
    const sql = `SELECT DISTINCT group_name AS "group" FROM images WHERE ${isKeyed}`;
    return new Set(this.#connection.all(groupRow, sql).map(({ group }) => group));
  }

  /** Images of all projects with such a group. */
  keyed(): KeyedImage[] {
    const sql = `SELECT id, project, folder, name, sha256, bytes, modified, group_name AS "group", frame
      FROM images WHERE ${isKeyed} ORDER BY id`;
    return this.#connection.all(keyedRow, sql);
  }

  /** Puts images into other groups. */
  regroup(images: readonly { readonly id: number; readonly group: string }[]): void {
    this.#connection.transaction(() => {
      for (const { id, group } of images) {
        this.#connection.run('UPDATE images SET group_name = ? WHERE id = ?', group, id);
      }
    });
  }

  /** Holds images out from training, or lets them in. */
  setTest(project: number, images: readonly number[], isTest: boolean): void {
    this.#connection.run(
      `UPDATE images SET is_test = :isTest
       WHERE project = :project AND id IN (SELECT value FROM json_each(:images))`,
      { project, isTest: Number(isTest), images: JSON.stringify(images) },
    );
  }

  /** From the project; the files stay. Images that are not there are passed over. */
  remove(project: number, images: readonly number[]): void {
    this.#connection.run(
      'DELETE FROM images WHERE project = ? AND id IN (SELECT value FROM json_each(?))',
      project,
      JSON.stringify(images),
    );
  }

  /**
   * Images of which several have one place: other content came where an image was. What is to become of
   * them is known only when all of the folder has been seen, as their own content may lie elsewhere by now.
   */
  sharingPlaces(project: number, folder: string): number[] {
    const sql = `SELECT id FROM images WHERE project = :project AND folder = :folder AND name IN
      (SELECT name FROM images WHERE project = :project AND folder = :folder
       GROUP BY name HAVING count(*) > 1)`;
    return this.#connection.all(idRow, sql, { project, folder }).map(({ id }) => id);
  }

  /** The other images at the place of one: its content changed, and each content is an image. */
  besides(id: number): number[] {
    const sql = `SELECT other.id FROM images JOIN images AS other
        ON other.project = images.project AND other.folder = images.folder AND other.name = images.name
      WHERE images.id = ? AND other.id <> images.id`;
    return this.#connection.all(idRow, sql, id).map((row) => row.id);
  }

  /** SHA-256 of the files of a project's images, or of some of them; each once. */
  contents(project: number, images?: readonly number[]): Uint8Array[] {
    const some = images ? 'AND id IN (SELECT value FROM json_each(:images))' : '';
    const sql = `SELECT DISTINCT sha256 FROM images WHERE project = :project ${some}`;
    const values = { project, ...(images && { images: JSON.stringify(images) }) };
    return this.#connection.all(contentRow, sql, values).map(({ sha256 }) => sha256);
  }

  /** Of these contents, those that no image of any project has. */
  unknownContents(contents: readonly Uint8Array[]): Uint8Array[] {
    const sql = 'SELECT DISTINCT sha256 FROM images';
    const known = new Set(this.#connection.all(contentRow, sql).map(({ sha256 }) => hex(sha256)));
    return contents.filter((one) => !known.has(hex(one)));
  }

  #add(project: number, image: NewImage): AddedImage {
    const { folder, name, sha256, bytes, modified, width, height, group, isTest } = image;
    const frame = image.frame ?? null;
    const found = this.#connection.get(
      placeRow,
      'SELECT id, folder, name FROM images WHERE project = ? AND sha256 = ? AND ifnull(frame, 0) = ?',
      project,
      sha256,
      frame ?? 0,
    );
    if (found !== undefined) return { ...found, isNew: false };
    const { id } = this.#connection.run(
      `INSERT INTO images (project, folder, name, folded_name, natural_key, sha256, bytes, modified,
         width, height, group_name, is_test, frame)
       VALUES (:project, :folder, :name, :folded, :key, :sha256, :bytes, :modified,
         :width, :height, :group, :isTest, :frame)`,
      {
        project,
        folder,
        name,
        folded: foldedName(name),
        key: naturalKey(name),
        sha256,
        bytes,
        modified,
        width,
        height,
        group: group ?? null,
        isTest: Number(isTest),
        frame,
      },
    );
    return { id, isNew: true, folder, name };
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
