import { z } from 'zod';
import { count } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Classes in the finished masks of a project's images. */
export interface OutlinedClasses {
  /** Ids of the classes in each image's mask, by image. */
  readonly ofImage: ReadonlyMap<number, readonly number[]>;
  /** Number of pixels by class. */
  readonly pixels: ReadonlyMap<number, number>;
}

interface Counted extends OutlinedClasses {
  /** Text that changes with every change of a finished mask. */
  readonly version: string;
}

/** Cache of counts: large masks have thousands of tiles, and a project is queried after every stroke. */
const known = new WeakMap<Connection, Map<number, Counted>>();

const countRow = z.object({ image: z.number(), class: z.number(), pixels: count });
const versionRow = z.object({ version: z.string() });

/** Counts the classes in the user's masks. */
export function outlinedClasses(connection: Connection, project: number): OutlinedClasses {
  const version = versionOf(connection, project);
  const counted = known.get(connection) ?? new Map<number, Counted>();
  known.set(connection, counted);
  const found = counted.get(project);
  if (found?.version === version) return found;
  const made = { version, ...countPixels(connection, project) };
  counted.set(project, made);
  return made;
}

function versionOf(connection: Connection, project: number): string {
  const { version } = connection.one(
    versionRow,
    `SELECT count(*) || ' ' || coalesce(sum(masks.id), 0) || ' ' || coalesce(sum(revision), 0) || ' '
       || (SELECT coalesce(group_concat(id || ':' || coalesce(mask_value, '')), '')
           FROM classes WHERE project = :project) AS version
     FROM masks JOIN images ON images.id = masks.image
     WHERE layer = 'human' AND state = 'done' AND project = :project`,
    { project },
  );
  return version;
}

function countPixels(connection: Connection, project: number): OutlinedClasses {
  const rows = connection.all(
    countRow,
    `SELECT masks.image AS image, classes.id AS class, sum(marked.value) AS pixels
     FROM masks JOIN images ON images.id = masks.image
       JOIN mask_tiles ON mask_tiles.mask = masks.id, json_each(mask_tiles.histogram) AS marked
       JOIN classes ON classes.project = images.project AND classes.mask_value = marked.key
     WHERE layer = 'human' AND state = 'done' AND images.project = ?
     GROUP BY masks.image, classes.id`,
    project,
  );
  const ofImage = new Map<number, number[]>();
  const pixels = new Map<number, number>();
  for (const row of rows) {
    ofImage.set(row.image, [...(ofImage.get(row.image) ?? []), row.class]);
    pixels.set(row.class, (pixels.get(row.class) ?? 0) + row.pixels);
  }
  return { ofImage, pixels };
}
