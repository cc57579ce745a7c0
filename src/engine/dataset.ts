import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ClassificationTask, DistillRequest } from '../contract/jobs.ts';
import { chooseLabelled, requirePerClass } from '../core/dataset/choose.ts';
import { holdOutShare } from '../core/dataset/hold-out.ts';
import { compareCodePoints } from '../core/dataset/order.ts';
import { UserError } from '../core/errors.ts';
import { expandFrames, isHash, noSecret } from '../formats/frames.ts';
import { findImages, labelsFromFolders } from '../formats/image-folder.ts';
import { readLabelFile } from '../formats/label-file.ts';
import { maskProblems, separateMasks } from '../formats/mask-folders.ts';
import { withContentKeys } from './content-keys.ts';
import type { JobContext } from './job.ts';
import type { ImageProblem, LabelledImage, LabelledImages } from '../formats/labelled-images.ts';

/** The images of a distillation, by what they are for. */
export interface Dataset {
  /** What to call them in messages: their folder, say. */
  readonly origin: string;
  readonly classes: readonly string[];
  readonly task: ClassificationTask;
  /** Seen by the student without their labels: all but the held-out ones. */
  readonly distilled: readonly LabelledImage[];
  /** Held out from everything. */
  readonly tested: readonly LabelledImage[];
  /** Labelled images a class for the head; all unless said. */
  readonly perClass?: number | undefined;
  readonly problems: readonly ImageProblem[];
}

/** Validation images count to what is learnt from: nothing here is chosen by them. */
const splitNames = /^(?:train|val|test)?$/i;

/** Finds images and their labels and decides, by seed, what each is for. */
export async function openDataset(request: DistillRequest): Promise<Dataset> {
  if (request.task === 'segmentation') throw new Error('openDataset: these are no outlines');
  const all = await readLabels(request.images, request.labels);
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
    throw new UserError(
      'invalid-labels',
      `${request.images}: there are too few labelled images, or too few groups, to learn from some and test on others. Label more, or give a test folder with --test.`,
    );
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
 * The images that the head learns from, chosen among those that could be read: a damaged one must not
 * take the place of a good one.
 *
 * @param readable of the dataset's `distilled` images
 * @throws UserError naming the classes of which no labelled image could be read
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
    throw new UserError(
      'invalid-labels',
      `${origin}: no image labelled "${lost.join('" or "')}" could be read, so there is nothing to learn it from. Replace the damaged images or take the class away.`,
    );
  }
  if (task === 'several') requireDifference(chosen, origin);
  if (perClass !== Infinity) noteShortClasses(chosen, classes, perClass, context);
  return chosen;
}

/** Several labels can only be learnt where some image has one that another has not. */
function requireDifference(images: readonly LabelledImage[], origin: string): void {
  const sets = new Set(images.map(({ labels }) => [...labels].sort(compareCodePoints).join('\n')));
  if (sets.size > 1) return;
  throw new UserError(
    'invalid-labels',
    `${origin}: all ${images.length} labelled images have the same labels, so nothing tells them apart. Add some with other labels, or with none ("-" in the table).`,
  );
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
    context.report({
      type: 'notice',
      message: `Only ${count} of the ${perClass} labelled images of "${name}" that were asked for could be read.`,
    });
  }
}

function inBoth(a: readonly ImageProblem[], b: readonly ImageProblem[]): ImageProblem[] {
  const paths = new Set(b.map(({ path }) => path));
  return a.filter(({ path }) => paths.has(path));
}

/** Labels of a folder by class folders (`imagefolder`) or a CSV file, beside the images or anywhere. */
export async function readLabels(images: string, labels: string): Promise<LabelledImages> {
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

/** Indices of an image's labels among the classes; throws when one is not among them. */
export function labelIndices(
  image: LabelledImage,
  classes: readonly string[],
  known: string,
): number[] {
  return image.labels.map((label) => {
    const index = classes.indexOf(label);
    if (index < 0) {
      throw new UserError(
        'invalid-labels',
        `${image.path} is labelled "${label}", which is not a class of ${known} (${classes.join(', ')}). Rename the folder or the label, or leave these images out.`,
      );
    }
    return index;
  });
}

async function findLabelFile(images: string, labels: string): Promise<string> {
  for (const place of [resolve(labels), join(resolve(images), labels)]) {
    if (await stat(place).catch(() => undefined)) return place;
  }
  throw new UserError(
    'not-found',
    `The label file ${labels} is neither in the current folder nor in ${images}. Give its path, or "imagefolder" if class folders are the labels.`,
  );
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
  const have = classes.length === 0 ? 'none is labelled' : `all are "${classes.join()}"`;
  throw new UserError(
    'invalid-labels',
    `${images}: ${found.length} images were found, but of those to learn from ${have}. Put the images of each class into a folder of its name, at least two classes, or name their labels in a CSV file with --labels.`,
  );
}

/** An unlabelled image does not count. */
function hasNotOneLabel({ isLabelled, labels }: LabelledImage): boolean {
  return isLabelled && labels.length !== 1;
}

/** Throws where an image has several labels or none, though one class an image is asked for. */
export function requireOneLabel(images: readonly LabelledImage[]): void {
  const several = images.find(hasNotOneLabel);
  if (!several) return;
  const { path, labels } = several;
  const found = labels.length === 0 ? 'no label' : `several labels (${labels.join(', ')})`;
  throw new UserError(
    'invalid-labels',
    `${path} has ${found}, but one class an image was asked for. Distil with --task several, or correct the label.`,
  );
}

/** One patient or scene on both sides would make the test worthless. */
function requireSeparateGroups(
  rest: readonly LabelledImage[],
  tested: readonly LabelledImage[],
): void {
  const groups = new Set(rest.flatMap(({ group }) => group ?? []));
  const both = tested.find(({ group }) => group !== undefined && groups.has(group));
  if (both?.group === undefined) return;
  const others = isHash(both.group)
    ? 'other images of the same patient or volume'
    : `other images of its group "${both.group}"`;
  throw new UserError(
    'invalid-labels',
    `${both.path} is a test image, but ${others} are to learn from. Keep each group on one side.`,
  );
}

/** Takes the test images away: a folder of their own, rows that say so, or a seeded share by group. */
async function holdOut(
  request: DistillRequest,
  all: LabelledImages,
): Promise<{
  rest: readonly LabelledImage[];
  tested: readonly LabelledImage[];
  problems: readonly ImageProblem[];
  /** One table labels both folders, so a row may be of either. */
  sharesTable?: boolean;
}> {
  const { images } = all;
  if (request.test !== undefined) {
    const test = await readTest(request, request.test);
    const tested = test.images.filter(({ isLabelled }) => isLabelled);
    // By the real file: a link to a test image is that image.
    const own = new Set(await Promise.all(test.images.map(realPathOf)));
    const real = await Promise.all(images.map(realPathOf));
    const rest = images.filter((_, index) => !own.has(real[index] ?? ''));
    return { rest, tested, problems: test.problems, sharesTable: test.sharesTable };
  }
  const strange = images.find(({ split }) => split !== undefined && !splitNames.test(split));
  if (strange) {
    throw new UserError(
      'invalid-labels',
      `The split of ${strange.path} is "${strange.split}". Write train, val or test, or leave it empty.`,
    );
  }
  const isTest = ({ split }: LabelledImage): boolean => /^test$/i.test(split ?? '');
  const named = images.filter((image) => isTest(image) && image.isLabelled);
  if (named.length > 0) {
    return { rest: images.filter((image) => !isTest(image)), tested: named, problems: [] };
  }
  // An unlabelled test image is of no use, and not to be learnt from either.
  const free = images.filter((image) => !isTest(image));
  const { rest, tested } = holdOutShare(await withContentKeys(free), request.seed);
  requireClassesOnBothSides(
    rest.filter(({ isLabelled }) => isLabelled),
    tested,
  );
  return { rest, tested, problems: [] };
}

/** A file that cannot be found again (removed, or of a name that is no UTF-8) is itself. */
async function realPathOf({ path }: LabelledImage): Promise<string> {
  return realpath(path).catch(() => path);
}

/** A class of one image, or of one patient, cannot be learnt and tested. */
function requireClassesOnBothSides(
  train: readonly LabelledImage[],
  test: readonly LabelledImage[],
): void {
  const learnt = new Set(train.flatMap(({ labels }) => labels));
  const lost = test.flatMap(({ labels }) => labels).find((label) => !learnt.has(label));
  if (lost === undefined) return;
  throw new UserError(
    'invalid-labels',
    `The class "${lost}" has too few images, or groups, to learn from some and test on others. Add some, or give a test folder with --test.`,
  );
}

/** The test folder is labelled like the images: by folders, or by a CSV of the same name in it. */
async function readTest(
  request: DistillRequest,
  test: string,
): Promise<LabelledImages & { sharesTable: boolean }> {
  if (request.labels === 'imagefolder') {
    return { ...(await readLabels(test, 'imagefolder')), sharesTable: false };
  }
  const name = request.labels.split(/[\\/]/).at(-1) ?? request.labels;
  const own = join(resolve(test), name);
  const hasOwn = (await stat(own).catch(() => undefined)) !== undefined;
  const labels = await readLabels(test, hasOwn ? own : request.labels);
  return { ...labels, sharesTable: !hasOwn };
}
