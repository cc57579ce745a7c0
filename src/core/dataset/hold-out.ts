import { splitByGroup } from './split.ts';
import type { Grouped } from './split.ts';

/** Facts about an image that holding out needs. */
export interface Usable extends Grouped {
  /** False if the image has no label. */
  readonly isLabelled: boolean;
}

/** Use of an image: to measure on, or to learn from. */
export type Subset = 'test' | 'learn';

/** An image with the earlier decisions about its use. */
export interface AssignedImage extends Usable {
  /** Use that the user, a folder's name or a table assigned to the image. */
  readonly assigned: Subset | undefined;
  /** Use chosen when the test set was frozen; undefined for images that were labelled later. */
  readonly drawn?: Subset | undefined;
}

/** Origin of a project's test set: chosen at random, or marked by users, folders or tables. */
export type TestMode = 'drawn' | 'marked';

/** Images by use, and the origin of the test set. */
export interface Division<T> extends Uses<T> {
  readonly mode: TestMode;
  /** True if no test set is frozen or none of its images is left, so that it is chosen now. */
  readonly isNew: boolean;
  /** Groups with images on both sides of a frozen test set; all their images are now test images. */
  readonly spanning: readonly string[];
}

/** Images by use. */
export interface Uses<T> {
  /** Images to learn from, labelled or not. */
  readonly rest: T[];
  /** Images held out to measure on; all labelled. */
  readonly tested: T[];
  /** Images for neither use: others of their group are test images. */
  readonly shared: T[];
}

/** Share of the labelled images that is held out if none is marked as a test image. */
export const heldOutShare = 0.2;

/** Seed of every random choice in a project, so that its runs are comparable and its counts match theirs. */
export const projectSeed = 0;

/**
 * Divides images by use: labelled images marked as test images are held out, else a seeded fifth.
 * Unlabelled test images are neither measured nor learnt from.
 *
 * @param marked test images
 * @param others images in a fixed order, without which the seed has no meaning
 */
export function holdOut<T extends Usable>(
  marked: readonly T[],
  others: readonly T[],
  seed: number,
): Uses<T> {
  const tested = marked.filter(({ isLabelled }) => isLabelled);
  if (tested.length === 0) return holdOutShare(others, seed);
  const { apart, shared } = separateGroups(others, tested);
  return { rest: apart, tested, shared };
}

/**
 * Holds out a seeded fifth of the labelled images, in whole groups; the rest has none of their groups:
 * an unlabelled image of a held-out patient or scene must not be seen either.
 */
export function holdOutShare<T extends Usable>(images: readonly T[], seed: number): Uses<T> {
  const labelled = images.filter(({ isLabelled }) => isLabelled);
  const tested = splitByGroup(labelled, heldOutShare, seed).test;
  const held = new Set(tested);
  const { apart, shared } = separateGroups(images, tested);
  const isFree = (image: T): boolean => !held.has(image);
  return { rest: apart.filter(isFree), tested, shared: shared.filter(isFree) };
}

/** Separates the images whose group also has test images from the others. */
export function separateGroups<T extends Grouped>(
  images: readonly T[],
  tested: readonly T[],
): { apart: T[]; shared: T[] } {
  const groups = new Set(tested.flatMap(({ group }) => group ?? []));
  const isShared = ({ group }: T): boolean => group !== undefined && groups.has(group);
  return {
    apart: images.filter((image) => !isShared(image)),
    shared: images.filter(isShared),
  };
}

/**
 * Divides the images of a project by use. Before a test set is frozen, this is `holdOut` over the marked images.
 * Afterwards the test set stays as it is while images are labelled or added:
 *
 * - Images that were chosen or marked as test images are held out, unless they are marked for training.
 * - A group follows its test images: its labelled images are held out, and no other image of it is used for training.
 * - Images labelled later are used for training. Of a class that no test image has, a fifth is held out (at least one
 *   image, if there are two groups), since the class could not be measured otherwise.
 *
 * @param images images in a fixed order, without which the seed has no meaning
 * @param frozen origin of the test set; undefined before it is frozen
 */
export function divide<T extends AssignedImage>(
  images: readonly T[],
  seed: number,
  frozen?: TestMode,
): Division<T> {
  const none = { spanning: [] };
  const marked = images.filter(({ assigned }) => assigned === 'test');
  const isMarked = marked.some(({ isLabelled }) => isLabelled);
  if (frozen === 'drawn') {
    const kept = keepDivision(images, seed);
    if (kept.tested.length > 0) return kept;
  }
  if (isMarked) {
    const others = images.filter(({ assigned }) => assigned !== 'test');
    return {
      ...holdOut(marked, others, seed),
      mode: 'marked',
      isNew: frozen !== 'marked',
      ...none,
    };
  }
  return { ...drawFreely(images, seed), mode: 'drawn', isNew: true, ...none };
}

/** Holds out a fifth of the labelled images, none from a group with images marked to learn from. */
function drawFreely<T extends AssignedImage>(images: readonly T[], seed: number): Uses<T> {
  const learnt = groupsOf(images.filter(({ assigned }) => assigned === 'learn'));
  const isFree = ({ assigned, isLabelled, group }: T): boolean =>
    assigned === undefined && isLabelled && (group === undefined || !learnt.has(group));
  const free = images.filter(isFree);
  const labelled = images.filter(
    ({ isLabelled, assigned }) => isLabelled && assigned !== 'test',
  ).length;
  const share = Math.min(0.5, (heldOutShare * labelled) / Math.max(1, free.length));
  const isAll = free.length === labelled;
  const tested =
    free.length === 0 ? [] : splitByGroup(free, isAll ? heldOutShare : share, seed).test;
  const held = new Set(tested);
  const others = images.filter((image) => !held.has(image) && image.assigned !== 'test');
  const { apart, shared } = separateGroups(others, tested);
  return { rest: apart, tested, shared };
}

function keepDivision<T extends AssignedImage>(images: readonly T[], seed: number): Division<T> {
  const isHeld = ({ assigned, drawn }: T): boolean =>
    assigned === 'test' || (drawn === 'test' && assigned !== 'learn');
  const firm = images.filter(isHeld);
  const groups = groupsOf(firm);
  const isOfTest = ({ group }: T): boolean => group !== undefined && groups.has(group);
  const test = new Set(images.filter((image) => isHeld(image) || isOfTest(image)));
  for (const image of newClasses(images, test, seed)) test.add(image);
  const all = groupsOf([...test]);
  const isShared = ({ group }: T): boolean => group !== undefined && all.has(group);
  const others = images.filter((image) => !test.has(image));
  return {
    rest: others.filter((image) => !isShared(image)),
    tested: images.filter((image) => test.has(image) && image.isLabelled),
    shared: [
      ...images.filter((image) => test.has(image) && !image.isLabelled && !isHeld(image)),
      ...others.filter(isShared),
    ],
    mode: 'drawn',
    isNew: false,
    spanning: spanningGroups(images),
  };
}

/** Images labelled later that are to be held out because no test image has their class; whole groups. */
function newClasses<T extends AssignedImage>(
  images: readonly T[],
  test: ReadonlySet<T>,
  seed: number,
): T[] {
  const measured = new Set(
    [...test].flatMap(({ isLabelled, labels }) => (isLabelled ? labels : [])),
  );
  const settled = groupsOf(
    images.filter(({ assigned, drawn }) => (assigned ?? drawn) !== undefined),
  );
  const isNew = (image: T): boolean =>
    image.isLabelled &&
    (image.assigned ?? image.drawn) === undefined &&
    (image.group === undefined || !settled.has(image.group)) &&
    image.labels.some((label) => !measured.has(label));
  const found = images.filter((image) => !test.has(image) && isNew(image));
  return found.length === 0 ? [] : splitByGroup(found, heldOutShare, seed).test;
}

/**
 * Groups of which some images are held out, and others were chosen or marked for training. This happens when images are
 * moved to another group.
 */
function spanningGroups(images: readonly AssignedImage[]): string[] {
  const learnt = groupsOf(images.filter(({ assigned, drawn }) => (assigned ?? drawn) === 'learn'));
  const tested = groupsOf(images.filter(({ assigned, drawn }) => (assigned ?? drawn) === 'test'));
  return [...tested].filter((group) => learnt.has(group));
}

function groupsOf(images: readonly Grouped[]): Set<string> {
  return new Set(images.flatMap(({ group }) => group ?? []));
}
