import { splitByGroup } from './split.ts';
import type { Grouped } from './split.ts';

/** What holding out needs to know of an image. */
export interface Usable extends Grouped {
  /** False where nobody said what it shows. */
  readonly isLabelled: boolean;
}

/** What an image is for: to measure on, or to learn from. */
export type Part = 'test' | 'learn';

/** An image with what is already decided about it. */
export interface Placed extends Usable {
  /** What a person, the name of a folder or a table says the image is for. */
  readonly said?: Part | undefined;
  /** What the image was drawn for when the test set was frozen; undefined for images that were labelled later. */
  readonly drawn?: Part | undefined;
}

/** How the test set of a project came about: drawn by chance, or all of it marked by people, folders or tables. */
export type TestMode = 'drawn' | 'marked';

/** Images by what they are for, and how the test set came about. */
export interface Division<T> extends Uses<T> {
  readonly mode: TestMode;
  /** True where there is no frozen test set, or none of its images is left: it is drawn now. */
  readonly isNew: boolean;
  /** Groups with images on both sides of a frozen test set, which are now test images as a whole. */
  readonly spanning: readonly string[];
}

/** Images by what they are for. */
export interface Uses<T> {
  /** Learnt from, labelled or not. */
  readonly rest: T[];
  /** Held out to measure on; all labelled. */
  readonly tested: T[];
  /** Neither: others of their group are test images. */
  readonly shared: T[];
}

/** Share of the labelled images that is held out where none is marked as a test image. */
export const heldOutShare = 0.2;

/** Of choices by chance in a project: its runs are to be compared, and its counts are to be theirs. */
export const projectSeed = 0;

/**
 * What images are for: labelled ones that are marked as test images are held out, else a seeded fifth.
 * Unlabelled test images are of no use, and not to be learnt from either.
 *
 * @param marked test images
 * @param others in an order that does not change, or the seed means nothing
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
 * A seeded fifth of the labelled images, whole groups at a time; what remains has none of their groups:
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

/** Images by whether they are of a group that test images are of as well. */
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
 * What images are for. Before there is a test set, this is `holdOut` over what is said. Afterwards the test set
 * stays as it is while images are labelled or added:
 *
 * - Images that were drawn or are said to be test images are held out, unless they are said to be learnt from.
 * - A group follows its test images: its labelled images are held out, and no other image of it is learnt from.
 * - Images that came later are learnt from. Of a class that no test image has, a fifth is held out (at least one
 *   image, where there are two groups), since the class could not be measured otherwise.
 *
 * @param images in an order that does not change, or the seed means nothing
 * @param frozen how the test set came about; undefined before it is frozen
 */
export function divide<T extends Placed>(
  images: readonly T[],
  seed: number,
  frozen?: TestMode,
): Division<T> {
  const none = { spanning: [] };
  const marked = images.filter(({ said }) => said === 'test');
  const isMarked = marked.some(({ isLabelled }) => isLabelled);
  if (frozen === 'drawn') {
    const kept = keepDivision(images, seed);
    if (kept.tested.length > 0) return kept;
  }
  if (isMarked) {
    const others = images.filter(({ said }) => said !== 'test');
    return {
      ...holdOut(marked, others, seed),
      mode: 'marked',
      isNew: frozen !== 'marked',
      ...none,
    };
  }
  return { ...drawFreely(images, seed), mode: 'drawn', isNew: true, ...none };
}

/** A fifth of the labelled images, none of them of a group that is said to be learnt from. */
function drawFreely<T extends Placed>(images: readonly T[], seed: number): Uses<T> {
  const learnt = groupsOf(images.filter(({ said }) => said === 'learn'));
  const isFree = ({ said, isLabelled, group }: T): boolean =>
    said === undefined && isLabelled && (group === undefined || !learnt.has(group));
  const free = images.filter(isFree);
  const labelled = images.filter(({ isLabelled, said }) => isLabelled && said !== 'test').length;
  const share = Math.min(0.5, (heldOutShare * labelled) / Math.max(1, free.length));
  const isAll = free.length === labelled;
  const tested =
    free.length === 0 ? [] : splitByGroup(free, isAll ? heldOutShare : share, seed).test;
  const held = new Set(tested);
  const others = images.filter((image) => !held.has(image) && image.said !== 'test');
  const { apart, shared } = separateGroups(others, tested);
  return { rest: apart, tested, shared };
}

function keepDivision<T extends Placed>(images: readonly T[], seed: number): Division<T> {
  const isHeld = ({ said, drawn }: T): boolean =>
    said === 'test' || (drawn === 'test' && said !== 'learn');
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

/** Of the images that came later, those to hold out as no test image has their class; whole groups. */
function newClasses<T extends Placed>(
  images: readonly T[],
  test: ReadonlySet<T>,
  seed: number,
): T[] {
  const measured = new Set(
    [...test].flatMap(({ isLabelled, labels }) => (isLabelled ? labels : [])),
  );
  const settled = groupsOf(images.filter(({ said, drawn }) => (said ?? drawn) !== undefined));
  const isNew = (image: T): boolean =>
    image.isLabelled &&
    (image.said ?? image.drawn) === undefined &&
    (image.group === undefined || !settled.has(image.group)) &&
    image.labels.some((label) => !measured.has(label));
  const found = images.filter((image) => !test.has(image) && isNew(image));
  return found.length === 0 ? [] : splitByGroup(found, heldOutShare, seed).test;
}

/**
 * Groups of which some images are held out, and others were drawn or are said to be learnt from: as happens where
 * images are given another group.
 */
function spanningGroups(images: readonly Placed[]): string[] {
  const learnt = groupsOf(images.filter(({ said, drawn }) => (said ?? drawn) === 'learn'));
  const tested = groupsOf(images.filter(({ said, drawn }) => (said ?? drawn) === 'test'));
  return [...tested].filter((group) => learnt.has(group));
}

function groupsOf(images: readonly Grouped[]): Set<string> {
  return new Set(images.flatMap(({ group }) => group ?? []));
}
