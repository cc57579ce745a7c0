import { z } from 'zod';
import { holdOut, projectSeed } from '../../core/dataset/hold-out.ts';
import type { Usable } from '../../core/dataset/hold-out.ts';
import type { ProjectTask } from '../../contract/app.ts';
import { flag } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { type OutlinedClasses, outlinedClasses } from './outlined-classes.ts';

/** Labelled images, and what a run would do with them now. */
export interface UseCounts {
  readonly labelled: number;
  readonly learnt: number;
  readonly tested: number;
}

export interface ProjectUses extends UseCounts {
  /** Ids of images that are held out though nobody marked them. */
  readonly drawn: readonly number[];
  /** `pixels`: where regions are outlined. */
  readonly ofClass: ReadonlyMap<number, UseCounts & { readonly pixels?: number }>;
}

export const unused: UseCounts = { labelled: 0, learnt: 0, tested: 0 };

interface LabelledImage extends Usable {
  readonly key: number;
  readonly isTest: boolean;
  /** Ids of classes that it has, by its label or in its mask. */
  readonly classes: readonly number[];
}

const labelledRow = z.object({
  id: z.number(),
  group: z.string().nullable(),
  isTest: flag,
  /** `3,7`; null for none of the classes. */
  classes: z.string().nullable(),
});

/** What a project's labelled images are for, by the rule and the seed of its runs. */
export function usesOf(connection: Connection, project: number, task: ProjectTask): ProjectUses {
  const outlined = task === 'segmentation' ? outlinedClasses(connection, project) : undefined;
  const images = labelledImages(connection, project, outlined);
  const marked = images.filter(({ isTest }) => isTest);
  const others = images.filter(({ isTest }) => !isTest);
  const { rest, tested } = holdOut(marked, others, projectSeed);
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
  const drawn = tested.filter(({ isTest }) => !isTest).map(({ key }) => key);
  return { labelled: images.length, learnt: rest.length, tested: tested.length, drawn, ofClass };
}

/** In the order in which a run takes them. */
function labelledImages(
  connection: Connection,
  project: number,
  outlined: OutlinedClasses | undefined,
): LabelledImage[] {
  const rows = connection.all(
    labelledRow,
    `SELECT id, group_name AS "group", is_test AS isTest,
       (SELECT group_concat(class ORDER BY class) FROM labels WHERE image = images.id) AS classes
     FROM images WHERE project = ? AND is_labelled = 1 ORDER BY folder, natural_key, id`,
    project,
  );
  return rows.map(({ id, group, isTest, classes }) => {
    const labels = classes?.split(',') ?? [];
    return {
      labels,
      key: id,
      classes: outlined === undefined ? labels.map(Number) : (outlined.ofImage.get(id) ?? []),
      group: group ?? undefined,
      isLabelled: true,
      isTest,
    };
  });
}
