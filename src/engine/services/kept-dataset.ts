import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { classificationTask } from '../../contract/jobs.ts';
import { skippedImage } from '../../contract/results.ts';
import { UserError } from '../../core/errors.ts';
import { parseJson } from '../../formats/json.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { LabelledImage } from '../../formats/labelled-images.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';
import type { Dataset } from '../dataset.ts';
import { fileStates } from './image-files.ts';
import type { KnownFile } from './image-files.ts';

// What a run learns from, in a file of its folder: what is labelled or added later must not change it.

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
  // JSON leaves out what is undefined.
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

/** A project's images as a distillation takes them, and which image each is, by `placeName`. */
export interface ProjectDataset {
  readonly dataset: Dataset;
  readonly ids: ReadonlyMap<string, number>;
}

/** @param folder the run's, which is made where needed */
export async function keepDataset(
  store: Store,
  folder: string,
  { dataset, ids }: ProjectDataset,
): Promise<void> {
  await keepContent(store, folder, { ids: [...ids], ...dataset });
}

/** @param content can be written as JSON */
export async function keepContent(store: Store, folder: string, content: object): Promise<void> {
  await makeFolder(folder, store.folder);
  await writeFileAtomically(fileIn(folder), new TextEncoder().encode(JSON.stringify(content)));
}

/**
 * What was kept, with the places where the images lie now: they may have moved with the workspace, or
 * have been found again elsewhere by their content.
 *
 * @returns undefined where nothing was kept
 */
export async function findDataset(
  store: Store,
  project: number,
  folder: string,
): Promise<ProjectDataset | undefined> {
  const kept = keptDataset.safeParse(await keptContent(folder)).data;
  if (!kept) return undefined;
  const { ids, ...dataset } = kept;
  return placedNow(store, project, ids, dataset);
}

/** What the file of a run's data says; undefined where there is none. */
export async function keptContent(folder: string): Promise<unknown> {
  return parseJson(await readFile(fileIn(folder), 'utf8').catch(() => undefined));
}

/** Images where they lie now. */
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
 * Throws where images that a run has begun to learn from are missing or others by now: it could not go on
 * from its checkpoint.
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
  const many = lost.length === 1 ? 'One image' : `${lost.length} images`;
  throw new UserError(
    'not-found',
    `${many} of the ${dataset.distilled.length} that this run learns from cannot be found where they were, or have changed since: ${first.path}. Put them back, or add their folder again from where it lies now; then resume the run.`,
  );
}

/** One that was not there when the run began was left out then. */
function knownFile(
  { path, contentHash }: LabelledImage,
  stored: StoredImage | undefined,
): KnownFile[] {
  if (contentHash === undefined) return [];
  const sha256 = Buffer.from(contentHash, 'hex');
  // Another image may lie in the place of one that was removed from the project.
  return [stored && sha256.equals(stored.sha256) ? stored : { path, sha256 }];
}

function fileIn(folder: string): string {
  return join(folder, 'dataset.json');
}
