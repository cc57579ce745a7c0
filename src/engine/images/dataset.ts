import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ClassificationTask, DistillRequest } from '../../contract/jobs.ts';
import { chooseLabelled, requirePerClass } from '../../core/dataset/choose.ts';
import { holdOutShare } from '../../core/dataset/hold-out.ts';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { UserError } from '../../core/errors.ts';
import { expandFrames, isHash, noSecret } from '../../formats/frames.ts';
import { findImages, labelsFromFolders } from '../../formats/image-folder.ts';
import { readLabelFile } from '../../formats/labels/label-file.ts';
import { maskProblems, separateMasks } from '../../formats/labels/mask-folders.ts';
import { datasetText } from '../../text/index.ts';
import { withContentKeys } from '../files/content-keys.ts';
import type { JobContext } from '../job.ts';
import type {
  FoundImage,
  ImageProblem,
  LabelledImage,
  LabelledImages,
} from '../../formats/labels/labelled-images.ts';
import { labelledImagesText } from '../../text/index.ts';

/** Images of a distillation, by purpose. */
export interface Dataset {
  /** Name of the data set in messages, such as its folder. */
  readonly origin: string;
  readonly classes: readonly string[];
  readonly task: ClassificationTask;
  /** Images that the student is trained on without labels: all but the held-out ones. */
  readonly distilled: readonly LabelledImage[];
  /** Held-out images, used for evaluation only. */
  readonly tested: readonly LabelledImage[];
  /** Labelled images per class for training the head; by default all. */
  readonly perClass?: number | undefined;
  readonly problems: readonly ImageProblem[];
}

/** Images of a folder to predict, slice by slice. */
export interface FoundToPredict {
  readonly images: readonly FoundImage[];
  /** Files that were left out; unreadable ones are added later. */
  readonly problems: ImageProblem[];
}

/**
 * Values of a `split` column. Validation images count as training images: nothing here is selected by them.
 */
const splitNames = /^(?:train|val|test)?$/i;

/** Finds images and their labels and assigns, by seed, the purpose of each. */
export async function openDataset(request: DistillRequest): Promise<Dataset> {
  if (request.task === 'segmentation') throw new Error('openDataset: these are no outlines');
  const all = await readFolderLabels(request.images, request.labels);
  if (request.task === 'single') requireOneLabel(all.images);
  const { rest, tested, problems, sharesTable } = await holdOut(request, all);
  const classes = [...new Set(rest.flatMap(({ labels }) => labels))].sort(compareCodePoints);
  const found = [...rest, ...tested];
  const task = request.task === 'auto' ? inferTask(found) : request.task;
  requireClasses(request, found, classes, task);
  for (const image of tested) labelIndices(image, classes, request.images);
  requireSeparateGroups(rest, tested);
  const candidates = rest.filter(({ isLabelled }) => isLabelled);
  if (request.perClass !== undefined) requirePerClass(candidates, classes, request.perClass);
  if (tested.length === 0 || candidates.length === 0) {
    throw new UserError('invalid-labels', labelledImagesText.tooFew(request.images));
  }
  return {
    origin: request.images,
    classes,
    task,
    distilled: rest,
    tested,
    perClass: request.perClass,
    problems:
      sharesTable === true ? inBoth(all.problems, problems) : [...all.problems, ...problems],
  };
}

/**
 * Chooses the images that the head is trained on among those that could be read, so that a damaged image does not
 * take the place of a good one.
 *
 * @param readable readable images of the data set's `distilled`
 * @throws UserError naming the classes without a readable labelled image
 */
export function chooseForHead(
  { origin, task, classes, perClass = Infinity }: Dataset,
  readable: readonly LabelledImage[],
  seed: number,
  context: JobContext,
): LabelledImage[] {
  const candidates = readable.filter(({ isLabelled }) => isLabelled);
  const chosen = chooseLabelled(candidates, classes, perClass, seed);
  const seen = new Set(chosen.flatMap(({ labels }) => labels));
  const lost = classes.filter((name) => !seen.has(name));
  if (lost.length > 0) {
    throw new UserError('invalid-labels', labelledImagesText.noneReadable(origin, lost));
  }
  if (task === 'several') requireDifference(chosen, origin);
  if (perClass !== Infinity) noteShortClasses(chosen, classes, perClass, context);
  return chosen;
}

/** Throws if all images have the same labels: then there is nothing to learn. */
function requireDifference(images: readonly LabelledImage[], origin: string): void {
  const sets = new Set(images.map(({ labels }) => [...labels].sort(compareCodePoints).join('\n')));
  if (sets.size > 1) return;
  throw new UserError('invalid-labels', labelledImagesText.allAlike(origin, images.length));
}

function noteShortClasses(
  chosen: readonly LabelledImage[],
  classes: readonly string[],
  perClass: number,
  context: JobContext,
): void {
  for (const name of classes) {
    const count = chosen.filter(({ labels }) => labels.includes(name)).length;
    if (count >= perClass) continue;
    const counts = { read: count, requested: perClass };
    context.report({ type: 'notice', message: labelledImagesText.fewReadable(name, counts) });
  }
}

function inBoth(a: readonly ImageProblem[], b: readonly ImageProblem[]): ImageProblem[] {
  const paths = new Set(b.map(({ path }) => path));
  return a.filter(({ path }) => paths.has(path));
}

/**
 * Reads the labels of a folder from class folders (`imagefolder`) or a CSV file, next to the images or elsewhere.
 */
export async function readFolderLabels(images: string, labels: string): Promise<LabelledImages> {
  const files = await readFileLabels(images, labels);
  return { ...files, images: await expandFrames(files.images, { secret: noSecret }) };
}

async function readFileLabels(images: string, labels: string): Promise<LabelledImages> {
  const passed: ImageProblem[] = [];
  const found = await findImages(images, {}, undefined, ({ kind, ...problem }) => {
    if (kind === 'skipped') passed.push(problem);
  });
  if (labels === 'imagefolder') {
    const read = labelsFromFolders(images, found);
    return { ...read, problems: [...passed, ...read.problems] };
  }
  const parted = separateMasks(found);
  const table = await findLabelFile(images, labels);
  const read = await readLabelFile(table, images, parted.images);
  return { ...read, problems: [...passed, ...read.problems, ...maskProblems(parted)] };
}

/**
 * Indices of an image's labels among the classes.
 *
 * @param owner folder or model that the classes belong to; the labelled images by default
 * @throws UserError 'invalid-labels' if a label is not a class
 */
export function labelIndices(
  image: LabelledImage,
  classes: readonly string[],
  owner?: string,
): number[] {
  return image.labels.map((label) => {
    const index = classes.indexOf(label);
    if (index < 0) {
      const labelled = { path: image.path, label };
      throw new UserError(
        'invalid-labels',
        labelledImagesText.unknownLabel(labelled, owner, classes),
      );
    }
    return index;
  });
}

async function findLabelFile(images: string, labels: string): Promise<string> {
  for (const place of [resolve(labels), join(resolve(images), labels)]) {
    if (await stat(place).catch(() => undefined)) return place;
  }
  throw new UserError('not-found', labelledImagesText.noLabelFile(labels, images));
}

function inferTask(images: readonly LabelledImage[]): ClassificationTask {
  return images.some(hasNotOneLabel) ? 'several' : 'single';
}

function requireClasses(
  { images }: DistillRequest,
  found: readonly LabelledImage[],
  classes: readonly string[],
  task: ClassificationTask,
): void {
  if (task === 'single') requireOneLabel(found);
  const needed = task === 'single' ? 2 : 1;
  if (classes.length >= needed) return;
  throw new UserError(
    'invalid-labels',
    labelledImagesText.tooFewClasses(images, found.length, classes[0]),
  );
}

/** Returns true if a labelled image has no label or several; unlabelled images do not count. */
function hasNotOneLabel({ isLabelled, labels }: LabelledImage): boolean {
  return isLabelled && labels.length !== 1;
}

/** Throws if an image has no label or several although the task is one class per image. */
export function requireOneLabel(images: readonly LabelledImage[]): void {
  const several = images.find(hasNotOneLabel);
  if (!several) return;
  const { path, labels } = several;
  throw new UserError('invalid-labels', labelledImagesText.notOneLabel(path, labels));
}

/** Throws if a group has training and test images: they would make the test worthless. */
function requireSeparateGroups(
  rest: readonly LabelledImage[],
  tested: readonly LabelledImage[],
): void {
  const groups = new Set(rest.flatMap(({ group }) => group ?? []));
  const both = tested.find(({ group }) => group !== undefined && groups.has(group));
  if (both?.group === undefined) return;
  throw new UserError(
    'invalid-labels',
    isHash(both.group)
      ? labelledImagesText.patientDivided(both.path)
      : labelledImagesText.groupDivided(both.path, both.group),
  );
}

/** Separates the test images: a folder, rows marked as test, or a seeded share by group. */
async function holdOut(
  request: DistillRequest,
  all: LabelledImages,
): Promise<{
  rest: readonly LabelledImage[];
  tested: readonly LabelledImage[];
  problems: readonly ImageProblem[];
  /** True if one table labels both folders, so that a row may belong to either. */
  sharesTable?: boolean;
}> {
  const { images } = all;
  if (request.test !== undefined) {
    const test = await readTest(request, request.test);
    const tested = test.images.filter(({ isLabelled }) => isLabelled);
    // By the resolved path: a link to a test image is that image.
    const own = new Set(await Promise.all(test.images.map(realPathOf)));
    const real = await Promise.all(images.map(realPathOf));
    const rest = images.filter((_, index) => !own.has(real[index] ?? ''));
    if (rest.length === 0 && images.length > 0) throw onlyTestImages(request, images.length);
    return { rest, tested, problems: test.problems, sharesTable: test.sharesTable };
  }
  const strange = images.find(({ split }) => split !== undefined && !splitNames.test(split));
  if (strange?.split !== undefined) {
    const { path, split } = strange;
    throw new UserError('invalid-labels', labelledImagesText.unknownSplit(path, split));
  }
  const isTest = ({ split }: LabelledImage): boolean => /^test$/i.test(split ?? '');
  const named = images.filter((image) => isTest(image) && image.isLabelled);
  if (named.length > 0) {
    return { rest: images.filter((image) => !isTest(image)), tested: named, problems: [] };
  }
  // An unlabelled test image is excluded from testing, and also from training.
  const free = images.filter((image) => !isTest(image));
  const { rest, tested } = holdOutShare(await withContentKeys(free), request.seed);
  requireClassesOnBothSides(
    rest.filter(({ isLabelled }) => isLabelled),
    tested,
  );
  return { rest, tested, problems: [] };
}

/** Returns the error if both folders hold the same images, so that none is left for training. */
function onlyTestImages({ images }: DistillRequest, count: number): UserError {
  return new UserError('invalid-labels', datasetText.onlyTestImages(images, count));
}

/**
 * Returns the resolved path of an image; the path itself if it cannot be resolved (removed, or a name that is not
 * UTF-8).
 */
async function realPathOf({ path }: LabelledImage): Promise<string> {
  return realpath(path).catch(() => path);
}

/**
 * Throws if a class has only test images: a class of one image or one patient cannot be trained and tested.
 */
function requireClassesOnBothSides(
  train: readonly LabelledImage[],
  test: readonly LabelledImage[],
): void {
  const learnt = new Set(train.flatMap(({ labels }) => labels));
  const lost = test.flatMap(({ labels }) => labels).find((label) => !learnt.has(label));
  if (lost === undefined) return;
  throw new UserError('invalid-labels', labelledImagesText.classTooSmall(lost));
}

/** Reads the labels of the test folder: by class folders, or from a CSV of the same name in it. */
async function readTest(
  request: DistillRequest,
  test: string,
): Promise<LabelledImages & { sharesTable: boolean }> {
  if (request.labels === 'imagefolder') {
    return { ...(await readFolderLabels(test, 'imagefolder')), sharesTable: false };
  }
  const name = request.labels.split(/[\\/]/).at(-1) ?? request.labels;
  const own = join(resolve(test), name);
  const hasOwn = (await stat(own).catch(() => undefined)) !== undefined;
  const labels = await readFolderLabels(test, hasOwn ? own : request.labels);
  return { ...labels, sharesTable: !hasOwn };
}
