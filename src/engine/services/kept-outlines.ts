import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Project } from '../../contract/app.ts';
import { skippedImage } from '../../contract/results.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { LabelledImage } from '../../formats/labelled-images.ts';
import type { Store } from '../../store/store.ts';
import { hasCheckpoint } from '../checkpoint.ts';
import { keepMask, translatedMask } from '../segmentation/kept-mask.ts';
import type { KeptOutlines } from '../segmentation/kept-outlines.ts';
import { fileStates } from './image-files.ts';
import {
  keepContent,
  keptContent,
  placedImage,
  placedNow,
  requireSameImages,
} from './kept-dataset.ts';
import { storedMask } from './masks.ts';
import { projectOutlines } from './project-outlines.ts';

// What a run that outlines learns from, in files of its folder: masks too, since people go on drawing.

const keptOutlines = z.strictObject({
  ids: z.array(z.tuple([z.string(), z.number()])),
  classIds: z.array(z.number()),
  origin: z.string(),
  classes: z.array(z.strictObject({ value: z.number(), name: z.string(), colour: z.string() })),
  task: z.literal('segmentation'),
  distilled: z.array(placedImage),
  tested: z.array(placedImage),
  problems: z.array(skippedImage),
});

export interface RunOutlines {
  readonly dataset: KeptOutlines;
  readonly ids: ReadonlyMap<string, number>;
  /** The project's class that each value from 1 stands for. */
  readonly classIds: readonly number[];
}

/**
 * As `runDataset`, with the masks as they were when the run began.
 *
 * @param smallest side that an image must have, px
 * @throws UserError where there is not enough to learn from, what the run began with is gone, and 'cancelled'
 */
export async function runOutlines(
  store: Store,
  project: Project,
  run: number,
  smallest: number,
  folder: string,
  signal: AbortSignal,
): Promise<RunOutlines> {
  const kept = await findOutlines(store, project.id, folder);
  if (kept) {
    if (await hasCheckpoint(folder)) await requireSameImages(store, project.id, kept);
    return kept;
  }
  const images = [...store.images.all(project.id)];
  const states = await fileStates(images, store.importFiles.inodes(project.id));
  const found = new Map(images.map(({ path }, index) => [path, states[index] ?? 'same'] as const));
  const outlines = projectOutlines(store, project, smallest, found);
  const { dataset, ids, classIds } = outlines;
  store.testSets.freeze(project.id, run, outlines.testSet);
  const values = new Map(project.classes.map(({ id, maskValue }) => [id, maskValue]));
  const table = new Uint8Array(256).fill(ignoreValue);
  table[0] = 0;
  classIds.forEach((id, index) => {
    table[values.get(id) ?? ignoreValue] = index + 1;
  });
  await rm(masksIn(folder), { recursive: true, force: true });
  for (const image of outlined(dataset)) {
    const id = ids.get(placeName(image)) ?? 0;
    const mask = translatedMask(storedMask(store, id, 'human'), table, dataset.classes);
    await keepMask(maskFile(folder, id), mask, signal);
  }
  // Last: what has this has its masks.
  await keepContent(store, folder, { ids: [...ids], classIds, ...dataset });
  return { dataset: withMasks(dataset, ids, folder), ids, classIds };
}

/** What was kept, with the places where the images lie now; undefined where nothing was. */
export async function findOutlines(
  store: Store,
  project: number,
  folder: string,
): Promise<RunOutlines | undefined> {
  const kept = keptOutlines.safeParse(await keptContent(folder)).data;
  if (!kept) return undefined;
  const { ids: names, classIds, ...content } = kept;
  const { ids, dataset } = placedNow(store, project, names, content);
  return { dataset: withMasks(dataset, ids, folder), ids, classIds };
}

/** Once a run is done nobody asks for its masks any more. */
export function dropMasks(folder: string): Promise<void> {
  return rm(masksIn(folder), { recursive: true, force: true });
}

/** Values of the project's masks for those of a run's; a class that is gone is background, as in all masks. */
export function valuesNow(store: Store, project: number, classIds: readonly number[]): Uint8Array {
  const values = new Map(store.classes.list(project).map(({ id, maskValue }) => [id, maskValue]));
  const table = new Uint8Array(256).fill(ignoreValue);
  table[0] = 0;
  classIds.forEach((id, index) => {
    table[index + 1] = values.get(id) ?? 0;
  });
  return table;
}

function withMasks(
  dataset: Omit<KeptOutlines, 'masks'>,
  ids: ReadonlyMap<string, number>,
  folder: string,
): KeptOutlines {
  const masks = new Map(
    outlined(dataset).map((image) => {
      const name = placeName(image);
      return [name, maskFile(folder, ids.get(name) ?? 0)];
    }),
  );
  return { ...dataset, masks };
}

function outlined({ distilled, tested }: Omit<KeptOutlines, 'masks'>): LabelledImage[] {
  return [...distilled.filter(({ isLabelled }) => isLabelled), ...tested];
}

function masksIn(folder: string): string {
  return join(folder, 'masks');
}

function maskFile(folder: string, image: number): string {
  return join(masksIn(folder), `${image}.mask`);
}
