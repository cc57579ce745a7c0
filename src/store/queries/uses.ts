import { z } from 'zod';
import { divide } from '../../core/dataset/hold-out.ts';
import type { Part, Placed } from '../../core/dataset/hold-out.ts';
import type { ProjectTask } from '../../contract/app.ts';
import { flag } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { type OutlinedClasses, outlinedClasses } from './outlined-classes.ts';
import { testState } from './test-sets.ts';

/** Labelled images, and what a run would do with them now. */
export interface UseCounts {
  readonly labelled: number;
  readonly learnt: number;
  readonly tested: number;
}

export interface ProjectUses extends UseCounts {
  /** Ids of images that are held out though nobody marked them. */
  readonly drawn: readonly number[];
  /** Groups with images on both sides of a frozen test set, all of them test images now. */
  readonly spanning: readonly string[];
  /** `pixels`: where regions are outlined. */
  readonly ofClass: ReadonlyMap<number, UseCounts & { readonly pixels?: number }>;
}

export const unused: UseCounts = { labelled: 0, learnt: 0, tested: 0 };

interface LabelledImage extends Placed {
  readonly key: number;
  /** Ids of classes that it has, by its label or in its mask. */
  readonly classes: readonly number[];
}

const labelledRow = z.object({
  id: z.number(),
  group: z.string().nullable(),
  isLabelled: flag,
  isTest: flag,
  isLearn: flag,
  drawn: z.enum(['test', 'learn']).nullable(),
  /** `3,7`; null for none of the classes. */
  classes: z.string().nullable(),
});

/** What a project's labelled images are for, by the rule and the seed of its runs. */
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
  const drawn = tested.filter(({ said }) => said !== 'test').map(({ key }) => key);
  const counts = { labelled: images.length, learnt: rest.length, tested: tested.length };
  return { ...counts, drawn, spanning, ofClass };
}

/** Labelled images, and those that are decided about without a label, in the order in which a run takes them. */
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
      said: saidPart(isTest, isLearn),
      drawn: drawn ?? undefined,
    };
  });
}

/** What a person, a folder's name or a table says that an image is for. */
export function saidPart(isTest: boolean, isLearn: boolean): Part | undefined {
  if (isTest) return 'test';
  return isLearn ? 'learn' : undefined;
}
