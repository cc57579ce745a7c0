import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { classificationTask } from '../../../contract/jobs.ts';
import { skippedImage } from '../../../contract/results.ts';
import { UserError } from '../../../core/errors.ts';
import { parseJson } from '../../../formats/files/json.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { LabelledImage } from '../../../formats/labels/labelled-images.ts';
import { makeFolder } from '../../../formats/files/make-folder.ts';
import { writeFileAtomically } from '../../../formats/files/write-file.ts';
import type { StoredImage } from '../../../store/queries/images.ts';
import type { Store } from '../../../store/store.ts';
import type { Dataset } from '../../images/dataset.ts';
import { fileStates } from '../../images/file-states.ts';
import type { FileFingerprint } from '../../images/file-states.ts';
import { runDataText } from '../../../text/index.ts';

// Data of a run, in a file of its folder, so that later labels and images do not change it.

export const placedImage = z
  .strictObject({
    path: z.string(),
    frame: z.int().nonnegative().optional(),
    name: z.string(),
    labels: z.array(z.string()),
    isLabelled: z.boolean(),
    group: z.string().optional(),
    key: z.int().optional(),
    contentHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  // JSON omits undefined values.
  .transform((image) => ({ ...image, group: image.group, split: undefined }));

const keptDataset = z.strictObject({
  ids: z.array(z.tuple([z.string(), z.number()])),
  origin: z.string(),
  classes: z.array(z.string()),
  task: classificationTask,
  distilled: z.array(placedImage),
  tested: z.array(placedImage),
  problems: z.array(skippedImage),
});

/** A project's images as a distillation takes them, with the id of each, by `placeName`. */
export interface ProjectDataset {
  readonly dataset: Dataset;
  readonly ids: ReadonlyMap<string, number>;
}

/** @param folder folder of the run; created if needed */
export async function freezeDataset(
  store: Store,
  folder: string,
  { dataset, ids }: ProjectDataset,
): Promise<void> {
  await writeContent(store, folder, { ids: [...ids], ...dataset });
}

/** @param content JSON-serialisable content */
export async function writeContent(store: Store, folder: string, content: object): Promise<void> {
  await makeFolder(folder, store.folder);
  await writeFileAtomically(fileIn(folder), new TextEncoder().encode(JSON.stringify(content)));
}

/**
 * Returns the stored data of a run, with current paths of the images: they may have moved with the workspace, or have
 * been found elsewhere by content.
 *
 * @returns undefined if nothing was stored
 */
export async function findDataset(
  store: Store,
  project: number,
  folder: string,
): Promise<ProjectDataset | undefined> {
  const kept = keptDataset.safeParse(await readContent(folder)).data;
  if (!kept) return undefined;
  const { ids, ...dataset } = kept;
  return placedNow(store, project, ids, dataset);
}

/** Returns the content of a run's data file; undefined if there is none. */
export async function readContent(folder: string): Promise<unknown> {
  return parseJson(await readFile(fileIn(folder), 'utf8').catch(() => undefined));
}

/** Returns the data set with current paths of the images. */
export function placedNow<
  T extends { readonly distilled: LabelledImage[]; readonly tested: LabelledImage[] },
>(
  store: Store,
  project: number,
  ids: readonly (readonly [string, number])[],
  dataset: T,
): { readonly ids: ReadonlyMap<string, number>; readonly dataset: T } {
  const stored = new Map([...store.images.all(project)].map((image) => [image.id, image]));
  const known = new Map(ids);
  const place = (image: LabelledImage): LabelledImage => ({
    ...image,
    path: stored.get(known.get(placeName(image)) ?? 0)?.path ?? image.path,
  });
  const nameNow = (name: string, id: number): string => {
    const image = stored.get(id);
    return image ? placeName(image) : name;
  };
  return {
    ids: new Map(ids.map(([name, id]) => [nameNow(name, id), id])),
    dataset: {
      ...dataset,
      distilled: dataset.distilled.map(place),
      tested: dataset.tested.map(place),
    },
  };
}

/**
 * Checks that the training images of a resumed run exist unchanged: it could not continue from its checkpoint
 * otherwise.
 *
 * @throws UserError 'not-found'
 */
export async function requireSameImages(
  store: Store,
  project: number,
  { dataset }: { readonly dataset: Pick<Dataset, 'distilled'> },
): Promise<void> {
  const stored = new Map([...store.images.all(project)].map((image) => [placeName(image), image]));
  const files = dataset.distilled.flatMap((image) =>
    knownFile(image, stored.get(placeName(image))),
  );
  const states = await fileStates(files, store.importFiles.inodes(project));
  const lost = files.filter((_, index) => states[index] !== 'same');
  const [first] = lost;
  if (!first) return;
  throw new UserError(
    'not-found',
    runDataText.trainingImagesLost({
      lost: lost.length,
      images: dataset.distilled.length,
      first: first.path,
    }),
  );
}

/** Returns the file to check; none for an image that was already missing when the run began. */
function knownFile(
  { path, contentHash }: LabelledImage,
  stored: StoredImage | undefined,
): FileFingerprint[] {
  if (contentHash === undefined) return [];
  const sha256 = Buffer.from(contentHash, 'hex');
  // Another image may have taken the place of one that was removed from the project.
  return [stored && sha256.equals(stored.sha256) ? stored : { path, sha256 }];
}

function fileIn(folder: string): string {
  return join(folder, 'dataset.json');
}
