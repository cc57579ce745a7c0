import { z } from 'zod';
import { divide } from '../../core/dataset/hold-out.ts';
import type { Subset, AssignedImage } from '../../core/dataset/hold-out.ts';
import type { ProjectTask } from '../../contract/app.ts';
import { flag } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { type OutlinedClasses, outlinedClasses } from './outlined-classes.ts';
import { testState } from './test-sets.ts';

/** Counts of labelled images, and of their use if a run started now. */
export interface UseCounts {
  readonly labelled: number;
  readonly learnt: number;
  readonly tested: number;
}

export interface ProjectUses extends UseCounts {
  /** Ids of images that are held out without being marked. */
  readonly drawn: readonly number[];
  /**
   * Groups with both test and other images although a test set is frozen; all their images are test images now.
   */
  readonly spanning: readonly string[];
  /** Counts by class; `pixels` in segmentation projects. */
  readonly ofClass: ReadonlyMap<number, UseCounts & { readonly pixels?: number }>;
}

export const unused: UseCounts = { labelled: 0, learnt: 0, tested: 0 };

interface LabelledImage extends AssignedImage {
  readonly key: number;
  /** Ids of its classes, from its label or its mask. */
  readonly classes: readonly number[];
}

const labelledRow = z.object({
  id: z.number(),
  group: z.string().nullable(),
  isLabelled: flag,
  isTest: flag,
  isLearn: flag,
  drawn: z.enum(['test', 'learn']).nullable(),
  /** Class ids as `3,7`; null for none of the classes. */
  classes: z.string().nullable(),
});

/** Divides a project's labelled images by use, with the rule and the seed of its runs. */
export function usesOf(connection: Connection, project: number, task: ProjectTask): ProjectUses {
  const outlined = task === 'segmentation' ? outlinedClasses(connection, project) : undefined;
  const all = decidedImages(connection, project, outlined);
  const images = all.filter(({ isLabelled }) => isLabelled);
  const { mode, seed } = testState(connection, project);
  const { rest: others, tested, spanning } = divide(all, seed, mode);
  const rest = others.filter(({ isLabelled }) => isLabelled);
  const ofClass = new Map<number, Record<keyof UseCounts, number> & { pixels?: number }>();
  const count = (list: readonly LabelledImage[], use: keyof UseCounts): void => {
    for (const id of list.flatMap(({ classes }) => classes)) {
      const counts = ofClass.get(id) ?? { ...unused };
      ofClass.set(id, counts);
      counts[use]++;
    }
  };
  count(images, 'labelled');
  count(rest, 'learnt');
  count(tested, 'tested');
  for (const [id, pixels] of outlined?.pixels ?? []) {
    const counts = ofClass.get(id);
    if (counts !== undefined) counts.pixels = pixels;
  }
  const drawn = tested.filter(({ assigned }) => assigned !== 'test').map(({ key }) => key);
  const counts = { labelled: images.length, learnt: rest.length, tested: tested.length };
  return { ...counts, drawn, spanning, ofClass };
}

/** Lists labelled images and unlabelled ones whose use is decided, in the order that runs use. */
function decidedImages(
  connection: Connection,
  project: number,
  outlined: OutlinedClasses | undefined,
): LabelledImage[] {
  const rows = connection.all(
    labelledRow,
    `SELECT id, group_name AS "group", is_test AS isTest, is_learn AS isLearn,
       is_labelled AS isLabelled, drawn,
       (SELECT group_concat(class ORDER BY class) FROM labels WHERE image = images.id) AS classes
     FROM images WHERE project = ? AND (is_labelled = 1 OR is_test = 1 OR drawn IS NOT NULL) ORDER BY folder, natural_key, id`,
    project,
  );
  return rows.map(({ id, group, isTest, isLearn, isLabelled, drawn, classes }) => {
    const labels = classes?.split(',') ?? [];
    return {
      labels,
      key: id,
      classes: outlined === undefined ? labels.map(Number) : (outlined.ofImage.get(id) ?? []),
      group: group ?? undefined,
      isLabelled,
      assigned: assignedPart(isTest, isLearn),
      drawn: drawn ?? undefined,
    };
  });
}

/** Returns the use that the user, a folder's name or a table assigned to an image. */
export function assignedPart(isTest: boolean, isLearn: boolean): Subset | undefined {
  if (isTest) return 'test';
  return isLearn ? 'learn' : undefined;
}
