import type { DistillRequest } from '../../contract/jobs.ts';
import { holdOutShare, separateGroups } from '../../core/dataset/hold-out.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import type { OpenMask, SizedImage } from '../../formats/masks/mask-source.ts';
import { withImage } from '../../formats/open-images.ts';
import { PhaseProgress, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import { withContentKeys } from '../content-keys.ts';
import { skip } from '../raster-store.ts';
import type { OutlinedImage, SegmentationDataset } from './dataset.ts';
import { openFolderMasks } from './folder-masks.ts';
import type { FolderMasks } from './folder-masks.ts';
import { classesOf, translated, valuesOf } from './mask-classes.ts';

/**
 * Finds images and masks in folders and decides, by seed, what each is for.
 *
 * @throws UserError with what is missing or does not fit
 */
export async function openOutlines(
  request: DistillRequest,
  context: JobContext,
): Promise<SegmentationDataset> {
  if (request.perClass !== undefined) {
    throw new UserError(
      'invalid-option',
      'Outlines have no number of images a class: an image may show several. Leave --per-class out, and give the images that are to be learnt from.',
    );
  }
  const { signal } = context;
  const named = request.class?.split(',') ?? [];
  const train = await openFolderMasks(request.images, request.labels, signal, { named });
  const test =
    request.test === undefined
      ? undefined
      : await openFolderMasks(request.test, testLabels(request), signal, {
          named,
          isStrict: false,
        });
  const classes = classesOf(train);
  const tables = new Map<FolderMasks, Uint8Array>([[train, valuesOf(train, classes)]]);
  if (test) tables.set(test, valuesOf(test, classes));
  const problems: ImageProblem[] = [...train.problems, ...(test?.problems ?? [])];
  const outlined = await withMask(train, problems, context);
  const parts = test
    ? apart(train, outlined, await withMask(test, problems, context))
    : await shared(train, outlined, request.seed);
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
      const table = tables.get(folder) ?? new Uint8Array(256);
      return translated(await maskOf(folder, image), table, classes);
    },
    async close() {
      await train.source.close();
      await test?.source.close();
    },
  };
}

/** The test folder's own masks, or the file that labels both. */
function testLabels({ labels, test = '' }: DistillRequest): string {
  return test === '' ? 'masks' : labels;
}

/** The images that have a mask which fits; others are told of. */
export async function withMask(
  folder: FolderMasks,
  problems: ImageProblem[],
  context: JobContext,
): Promise<Set<OutlinedImage>> {
  const progress = new PhaseProgress(context, 'images', folder.images.length);
  const outlined = new Set<OutlinedImage>();
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

/** A test folder of its own; what is in both is not learnt from, nor what is of the same patient or scene. */
function apart(
  { images }: FolderMasks,
  outlined: ReadonlySet<OutlinedImage>,
  tested: ReadonlySet<OutlinedImage>,
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

/** A seeded fifth of what has a mask. */
async function shared(
  { images }: FolderMasks,
  outlined: ReadonlySet<OutlinedImage>,
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

function grouped(image: OutlinedImage): {
  path: string;
  frame: number | undefined;
  image: OutlinedImage;
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
    throw new UserError(
      'invalid-labels',
      `${images}: all ${outlined} images with masks are test images too, and those are not learnt from. Give other images with --test, or none: a fifth is then held out.`,
    );
  }
  const where = test !== undefined && tested.length === 0 ? test : images;
  const advice = test === undefined ? ', or give a test folder with --test' : '';
  throw new UserError(
    'invalid-labels',
    `${where}: there are too few images with masks that fit (${labelled.length} to learn from, ${tested.length} to test on). Outline more${advice}.`,
  );
}

function placeOf({ path, frame }: { readonly path: string; readonly frame?: number | undefined }) {
  return `${path}#${frame ?? 0}`;
}

export async function maskOf(
  { origin, source }: FolderMasks,
  image: SizedImage,
): Promise<OpenMask> {
  const mask = await source.maskFor(image);
  if (mask) return mask;
  throw new UserError('invalid-labels', `${origin}: ${image.name} has no mask any more.`);
}
