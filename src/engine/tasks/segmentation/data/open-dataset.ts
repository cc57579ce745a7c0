import type { DistillRequest } from '../../../../contract/jobs.ts';
import { holdOutShare, separateGroups } from '../../../../core/dataset/hold-out.ts';
import { UserError } from '../../../../core/errors.ts';
import { must } from '../../../../core/must.ts';
import type { ImageProblem } from '../../../../formats/labels/labelled-images.ts';
import type { OpenMask, SizedImage } from '../../../../formats/masks/mask-source.ts';
import { withImage } from '../../../../formats/open-images.ts';
import { PhaseProgress, throwIfCancelled } from '../../../job.ts';
import type { JobContext } from '../../../job.ts';
import { withContentKeys } from '../../../files/content-keys.ts';
import { skip } from '../../../images/raster-store.ts';
import type { ImageWithMask, SegmentationDataset } from './dataset.ts';
import { openFolderMasks } from './folder-masks.ts';
import type { FolderMasks } from './folder-masks.ts';
import { trainedClasses, translated, classValueTable } from './mask-classes.ts';
import { segmentationText } from '../../../../text/index.ts';

/**
 * Finds images and masks in folders and assigns, by seed, the purpose of each.
 *
 * @throws UserError naming the missing or unfit data
 */
export async function openSegmentationDataset(
  request: DistillRequest,
  context: JobContext,
): Promise<SegmentationDataset> {
  if (request.perClass !== undefined) {
    throw new UserError('invalid-option', segmentationText.perClass);
  }
  const { signal } = context;
  const named = request.class?.split(',') ?? [];
  const train = await openFolderMasks(request.images, request.labels, signal, { named });
  let test: FolderMasks | undefined;
  const close = async (): Promise<void> => {
    await train.source.close();
    await test?.source.close();
  };
  try {
    if (request.test !== undefined) {
      const naming = { named, isStrict: false };
      test = await openFolderMasks(request.test, testLabels(request), signal, naming);
    }
    return { ...(await divideDataset(request, train, test, context)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function divideDataset(
  request: DistillRequest,
  train: FolderMasks,
  test: FolderMasks | undefined,
  context: JobContext,
): Promise<Omit<SegmentationDataset, 'close'>> {
  const classes = trainedClasses(train);
  const tables = new Map<FolderMasks, Uint8Array>([[train, classValueTable(train, classes)]]);
  if (test) tables.set(test, classValueTable(test, classes));
  const problems: ImageProblem[] = [...train.problems, ...(test?.problems ?? [])];
  const outlined = await withMask(train, problems, context);
  const parts = test
    ? splitByFolder(train, outlined, await withMask(test, problems, context))
    : await splitBySeed(train, outlined, request.seed);
  requireBoth(request, parts, outlined.size);
  const tested = new Set(test?.images.map(placeOf));
  return {
    origin: request.images,
    task: 'segmentation',
    classes,
    ...parts,
    problems,
    async openMask(image) {
      const folder = test && tested.has(placeOf(image)) ? test : train;
      const table = must(tables.get(folder), `the values of ${folder.origin}`);
      return translated(await openMaskFor(folder, image), table, classes);
    },
  };
}

/** Labels of the test folder: its own masks, or the file that labels both folders. */
function testLabels({ labels, test = '' }: DistillRequest): string {
  return test === '' ? 'masks' : labels;
}

/** Images with a mask that fits; problems of others are recorded. */
export async function withMask(
  folder: FolderMasks,
  problems: ImageProblem[],
  context: JobContext,
): Promise<Set<ImageWithMask>> {
  const progress = new PhaseProgress(context, 'images', folder.images.length);
  const outlined = new Set<ImageWithMask>();
  for (const [index, image] of folder.images.entries()) {
    throwIfCancelled(context);
    try {
      const size = await withImage(image.path, ({ header: { width, height } }) =>
        Promise.resolve({ width, height }),
      );
      const mask = await folder.source.maskFor({ ...image, ...size });
      if (mask) outlined.add(image);
      await mask?.close();
    } catch (error) {
      problems.push(skip(image, error, { ...context, report: () => undefined }));
    }
    progress.advance(index + 1);
  }
  return outlined;
}

type Parts = Pick<SegmentationDataset, 'distilled' | 'labelled' | 'tested'>;

/**
 * Split by a test folder. Images in both folders, and images of the same patient or scene, are not used for training.
 */
function splitByFolder(
  { images }: FolderMasks,
  outlined: ReadonlySet<ImageWithMask>,
  tested: ReadonlySet<ImageWithMask>,
): Parts {
  const places = new Set([...tested].map(placeOf));
  const others = images.filter((image) => !places.has(placeOf(image)));
  const { apart: rest } = separateGroups(others.map(grouped), [...tested].map(grouped));
  const distilled = rest.map(({ image }) => image);
  return {
    distilled,
    labelled: distilled.filter((image) => outlined.has(image)),
    tested: [...tested],
  };
}

/** Split with a seeded fifth of the images with masks held out. */
async function splitBySeed(
  { images }: FolderMasks,
  outlined: ReadonlySet<ImageWithMask>,
  seed: number,
): Promise<Parts> {
  const all = images.map((image) => ({ ...grouped(image), isLabelled: outlined.has(image) }));
  const usable = await withContentKeys(all);
  const { rest, tested } = holdOutShare(usable, seed);
  const distilled = rest.map(({ image }) => image);
  return {
    distilled,
    labelled: distilled.filter((image) => outlined.has(image)),
    tested: tested.map(({ image }) => image),
  };
}

function grouped(image: ImageWithMask): {
  path: string;
  frame: number | undefined;
  image: ImageWithMask;
  group: string | undefined;
  labels: readonly string[];
} {
  const { path, frame, group } = image;
  return { image, path, frame, group, labels: [] };
}

function requireBoth(
  { images, test }: DistillRequest,
  { labelled, tested }: Parts,
  outlined: number,
): void {
  if (labelled.length > 0 && tested.length > 0) return;
  if (test !== undefined && tested.length > 0 && outlined > 0) {
    throw new UserError('invalid-labels', segmentationText.allTested(images, outlined));
  }
  const where = test !== undefined && tested.length === 0 ? test : images;
  throw new UserError(
    'invalid-labels',
    segmentationText.tooFewMasks(where, {
      training: labelled.length,
      testing: tested.length,
      hasTestFolder: test !== undefined,
    }),
  );
}

function placeOf({ path, frame }: { readonly path: string; readonly frame?: number | undefined }) {
  return `${path}#${frame ?? 0}`;
}

export async function openMaskFor(
  { origin, source }: FolderMasks,
  image: SizedImage,
): Promise<OpenMask> {
  const mask = await source.maskFor(image);
  if (mask) return mask;
  throw new UserError('invalid-labels', segmentationText.noMaskNow(origin, image.name));
}
