import { join } from 'node:path';
import { z } from 'zod';
import { projectTask } from '../../contract/app.ts';
import type { ImageFilter, ProjectImage } from '../../contract/app.ts';
import { oneNumber } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';
import type { Subset } from '../../core/dataset/hold-out.ts';
import {
  isKeyed,
  keyedRow,
  pageRow,
  projectImageColumns,
  storedColumns,
  storedRow,
} from './image-rows.ts';
import type { KeyedImage } from './image-rows.ts';
import { usesOf } from './uses.ts';
import { foldedName, naturalKey } from './names.ts';

/** Location of an image. */
export interface FileLocation {
  /** Absolute path of the imported folder. */
  readonly folder: string;
  /** Path relative to the folder, with `/` on every system. */
  readonly name: string;
  /** Modification time, milliseconds since 1970, from the file system. */
  readonly modified: number;
}

export interface NewImage extends FileLocation {
  /** Index of the slice in its file, from 0; its number, from 1, then follows the name. */
  readonly frame?: number | undefined;
  /** SHA-256 of the file's content; 32 bytes. */
  readonly sha256: Uint8Array;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** Patient, scene or similar; related images stay together in a split. */
  readonly group: string | undefined;
  readonly isTest: boolean;
}

export interface AddedImage {
  readonly id: number;
  /** False if the project already has this content, in which case nothing was changed. */
  readonly isNew: boolean;
  /** Stored folder; differs from the imported one if the content is known from elsewhere. */
  readonly folder: string;
  readonly name: string;
}

export interface StoredImage extends NewImage {
  readonly id: number;
  readonly project: number;
  /** Absolute path of the file. */
  readonly path: string;
  readonly isLabelled: boolean;
  /** Ids of its classes. */
  readonly classes: readonly number[];
  /** Use that the user, a folder's name or a table assigned to it. */
  readonly assigned: Subset | undefined;
  /** Use that was sampled when the test set was frozen. */
  readonly drawn: Subset | undefined;
}

export interface ImagePage {
  readonly total: number;
  readonly images: ProjectImage[];
}

const placeRow = z.object({ id: z.number(), folder: z.string(), name: z.string() });
const groupRow = z.object({ group: z.string() });
const orderRow = z.object({ folder: z.string(), key: z.string(), id: z.number() });
const folderRow = z.object({ folder: z.string() });
const idRow = z.object({ id: z.number() });
const contentRow = z.object({ sha256: z.instanceof(Uint8Array) });

const byName = 'folder, natural_key, id';
const inOrder = `ORDER BY ${byName}`;
/** Order of a run's list of masks. */
const worstFirst = `ORDER BY
  (SELECT student FROM run_masks WHERE run = :worstOf AND image = images.id) ASC NULLS LAST, ${byName}`;

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

/** Number of rows that `all` reads at a time. */
const batch = 1000;

export class ImageQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds images whose content the project does not have yet; returns one result per image, in the same order. */
  add(project: number, images: readonly NewImage[]): AddedImage[] {
    return this.#connection.transaction(() => images.map((image) => this.#add(project, image)));
  }

  /** Returns a page of the images that match a filter, in its order. */
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
    const { worstOf } = filter;
    const order = worstOf === undefined ? inOrder : worstFirst;
    const counted = `SELECT count(*) AS value FROM images ${where}`;
    const total = this.#connection.one(oneNumber, counted, values).value;
    // The inner query needs only an index, however far the page is.
    const images = this.#connection.all(
      pageRow,
      `SELECT ${projectImageColumns} FROM images
       WHERE id IN (SELECT id FROM images ${where} ${order} LIMIT :limit OFFSET :offset)
       ${order}`,
      { ...values, limit, offset, ...(worstOf !== undefined && { worstOf }) },
    );
    return { total, images };
  }

  /** Images that are held out by sampling, because none is marked. */
  #drawn(project: number): readonly number[] {
    const sql = 'SELECT task FROM projects WHERE id = ?';
    const row = this.#connection.get(z.object({ task: projectTask }), sql, project);
    return row === undefined ? [] : usesOf(this.#connection, project, row.task).drawn;
  }

  /** @throws UserError 'not-found' */
  get(id: number): StoredImage {
    const sql = `SELECT ${storedColumns} FROM images WHERE id = ?`;
    const row = this.#connection.get(storedRow, sql, id);
    if (row === undefined) throw notFoundError('image', id);
    return row;
  }

  /**
   * Reads all images of a project, the labelled ones, or those without review, by folder and natural name. They are
   * read in batches, so the store stays usable in the meantime; changes made then may or may not be included.
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
      // By the stored key: a key computed from the name might differ and lead back to rows already read.
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

  /** Lists images of the same folder, size and group whose files hold one image each, by natural name. */
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

  /** Returns the mean number of pixels of an image; 0 if there is none. */
  meanPixels(project: number): number {
    const sql = 'SELECT coalesce(avg(width * height), 0) AS value FROM images WHERE project = ?';
    return this.#connection.one(oneNumber, sql, project).value;
  }

  /** Updates the location of images that were found elsewhere by their content. */
  relocate(moves: readonly (FileLocation & { readonly id: number })[]): void {
    this.#connection.transaction(() => {
      for (const { id, folder, name, modified } of moves) {
        const { rows } = this.#connection.run(
          `UPDATE images SET folder = :folder, name = :name, modified = :modified,
             folded_name = :folded, natural_key = :key WHERE id = :id`,
          { id, folder, name, modified, folded: foldedName(name), key: naturalKey(name) },
        );
        if (rows === 0) throw notFoundError('image', id);
      }
    });
  }

  /** Moves images from some folders to another one, under the same names. */
  moveFolders(project: number, isMoved: (folder: string) => boolean, to: string): void {
    this.#connection.transaction(() => {
      const sql = 'SELECT DISTINCT folder FROM images WHERE project = ?';
      for (const { folder } of this.#connection.all(folderRow, sql, project)) {
        if (folder === to || !isMoved(folder)) continue;
        this.#connection.run(
          'UPDATE images SET folder = ? WHERE project = ? AND folder = ?',
          to,
          project,
          folder,
        );
      }
    });
  }

  /**
   * Adds later information about images: that they are held out, and their group. Images that the user marked as
   * training images keep their use.
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

  /** Returns the number of groups derived with the workspace's secret. */
  keyedGroups(): number {
    const sql = `SELECT count(DISTINCT group_name) AS value FROM images WHERE ${isKeyed}`;
    return this.#connection.one(oneNumber, sql).value;
  }

  /** Names of groups derived with the workspace's secret. */
  keyedGroupNames(): Set<string> {
    const sql = `SELECT DISTINCT group_name AS "group" FROM images WHERE ${isKeyed}`;
    return new Set(this.#connection.all(groupRow, sql).map(({ group }) => group));
  }

  /** Images of all projects with a group derived with the workspace's secret. */
  keyed(): KeyedImage[] {
    const sql = `SELECT id, project, folder, name, sha256, bytes, modified, group_name AS "group", frame
      FROM images WHERE ${isKeyed} ORDER BY id`;
    return this.#connection.all(keyedRow, sql);
  }

  /** Moves images to other groups. */
  regroup(images: readonly { readonly id: number; readonly group: string }[]): void {
    this.#connection.transaction(() => {
      for (const { id, group } of images) {
        this.#connection.run('UPDATE images SET group_name = ? WHERE id = ?', group, id);
      }
    });
  }

  /** Marks images as test images, or removes the mark. */
  setTest(project: number, images: readonly number[], isTest: boolean): void {
    this.#connection.run(
      `UPDATE images SET is_test = :isTest
       WHERE project = :project AND id IN (SELECT value FROM json_each(:images))`,
      { project, isTest: Number(isTest), images: JSON.stringify(images) },
    );
  }

  /** Removes images from the project; their files stay, and ids that do not exist are skipped. */
  remove(project: number, images: readonly number[]): void {
    this.#connection.run(
      'DELETE FROM images WHERE project = ? AND id IN (SELECT value FROM json_each(?))',
      project,
      JSON.stringify(images),
    );
  }

  /**
   * Images that share their location with others, because the content of a file changed. Whether they stay is decided
   * when the whole folder has been read, since their own content may be elsewhere now.
   */
  sharingPlaces(project: number, folder: string): number[] {
    const sql = `SELECT id FROM images WHERE project = :project AND folder = :folder AND name IN
      (SELECT name FROM images WHERE project = :project AND folder = :folder
       GROUP BY name HAVING count(*) > 1)`;
    return this.#connection.all(idRow, sql, { project, folder }).map(({ id }) => id);
  }

  /** Returns the other images at the location of one: its content changed, and each content is an image. */
  othersAtPlace(id: number): number[] {
    const sql = `SELECT other.id FROM images JOIN images AS other
        ON other.project = images.project AND other.folder = images.folder AND other.name = images.name
      WHERE images.id = ? AND other.id <> images.id`;
    return this.#connection.all(idRow, sql, id).map((row) => row.id);
  }

  /** Returns the SHA-256 of the files of a project's images, or of some of them; each once. */
  contents(project: number, images?: readonly number[]): Uint8Array[] {
    const some = images ? 'AND id IN (SELECT value FROM json_each(:images))' : '';
    const sql = `SELECT DISTINCT sha256 FROM images WHERE project = :project ${some}`;
    const values = { project, ...(images && { images: JSON.stringify(images) }) };
    return this.#connection.all(contentRow, sql, values).map(({ sha256 }) => sha256);
  }

  /** Contents among the given ones that no image of any project has. */
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
