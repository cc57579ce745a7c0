import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Project } from '../../../contract/app.ts';
import { skippedImage } from '../../../contract/results.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { idOf, placeName } from '../../../formats/labels/labelled-images.ts';
import type { LabelledImage } from '../../../formats/labels/labelled-images.ts';
import type { Store } from '../../../store/store.ts';
import { hasCheckpoint } from '../../distill/checkpoint.ts';
import { writeMaskFile, translatedMask } from '../../tasks/segmentation/data/mask-file.ts';
import type { SegmentationFiles } from '../../tasks/segmentation/data/segmentation-files.ts';
import { fileStates } from '../../images/file-states.ts';
import {
  writeContent,
  readContent,
  placedImage,
  placedNow,
  requireSameImages,
} from './frozen-dataset.ts';
import { projectSegmentation } from './project-segmentation.ts';
import { workspaceMask } from '../../label-export/workspace-mask.ts';

// Data of a segmentation run, in files of its folder: with copies of the masks, because the user may continue
// drawing.

const frozenFile = z.strictObject({
  ids: z.array(z.tuple([z.string(), z.number()])),
  classIds: z.array(z.number()),
  origin: z.string(),
  classes: z.array(z.strictObject({ value: z.number(), name: z.string(), colour: z.string() })),
  task: z.literal('segmentation'),
  distilled: z.array(placedImage),
  tested: z.array(placedImage),
  problems: z.array(skippedImage),
});

export interface FrozenSegmentation {
  readonly dataset: SegmentationFiles;
  readonly ids: ReadonlyMap<string, number>;
  /** Class id of the project for each value from 1. */
  readonly classIds: readonly number[];
}

export interface FreezeRequest {
  readonly run: number;
  /** Folder of the run. */
  readonly folder: string;
  /** Least side of an image, px. */
  readonly smallest: number;
}

/**
 * Returns the data of a segmentation run, frozen at its start with the masks; see `runDataset`.
 *
 * @throws UserError if there is not enough training data or the frozen data is missing, and 'cancelled'
 */
export async function frozenSegmentation(
  store: Store,
  project: Project,
  { run, folder, smallest }: FreezeRequest,
  signal: AbortSignal,
): Promise<FrozenSegmentation> {
  const kept = await findFrozenSegmentation(store, project.id, folder);
  if (kept) {
    if (await hasCheckpoint(folder)) await requireSameImages(store, project.id, kept);
    return kept;
  }
  const images = [...store.images.all(project.id)];
  const states = await fileStates(images, store.importFiles.inodes(project.id));
  const found = new Map(images.map(({ path }, index) => [path, states[index] ?? 'same'] as const));
  const outlines = projectSegmentation(store, project, smallest, found);
  const { dataset, ids, classIds } = outlines;
  store.testSets.freeze(project.id, run, outlines.testSet);
  const values = new Map(project.classes.map(({ id, maskValue }) => [id, maskValue]));
  const table = new Uint8Array(256).fill(ignoreValue);
  table[0] = 0;
  classIds.forEach((id, index) => {
    table[values.get(id) ?? ignoreValue] = index + 1;
  });
  await rm(masksIn(folder), { recursive: true, force: true });
  for (const image of imagesWithMask(dataset)) {
    const id = idOf(ids, image);
    const mask = translatedMask(workspaceMask(store, id, 'human'), table, dataset.classes);
    await writeMaskFile(maskFile(folder, id), mask, signal);
  }
  // Written last: if this file exists, the masks are complete.
  await writeContent(store, folder, { ids: [...ids], classIds, ...dataset });
  return { dataset: withMaskFiles(dataset, ids, folder), ids, classIds };
}

/** Returns the stored data of a run, with current paths of the images; undefined if nothing was stored. */
export async function findFrozenSegmentation(
  store: Store,
  project: number,
  folder: string,
): Promise<FrozenSegmentation | undefined> {
  const kept = frozenFile.safeParse(await readContent(folder)).data;
  if (!kept) return undefined;
  const { ids: names, classIds, ...content } = kept;
  const { ids, dataset } = placedNow(store, project, names, content);
  return { dataset: withMaskFiles(dataset, ids, folder), ids, classIds };
}

/** Deletes a run's copies of masks, which are not needed once it is done. */
export function dropMasks(folder: string): Promise<void> {
  return rm(masksIn(folder), { recursive: true, force: true });
}

/**
 * Returns the table from mask values of a run to current values of the project; removed classes become background, as
 * in all masks.
 */
export function valuesNow(store: Store, project: number, classIds: readonly number[]): Uint8Array {
  const values = new Map(store.classes.list(project).map(({ id, maskValue }) => [id, maskValue]));
  const table = new Uint8Array(256).fill(ignoreValue);
  table[0] = 0;
  classIds.forEach((id, index) => {
    table[index + 1] = values.get(id) ?? 0;
  });
  return table;
}

function withMaskFiles(
  dataset: Omit<SegmentationFiles, 'masks'>,
  ids: ReadonlyMap<string, number>,
  folder: string,
): SegmentationFiles {
  const masks = new Map(
    imagesWithMask(dataset).map((image) => {
      return [placeName(image), maskFile(folder, idOf(ids, image))];
    }),
  );
  return { ...dataset, masks };
}

function imagesWithMask({ distilled, tested }: Omit<SegmentationFiles, 'masks'>): LabelledImage[] {
  return [...distilled.filter(({ isLabelled }) => isLabelled), ...tested];
}

function masksIn(folder: string): string {
  return join(folder, 'masks');
}

function maskFile(folder: string, image: number): string {
  return join(masksIn(folder), `${image}.mask`);
}
