import { splitByGroup } from './split.ts';
import type { Grouped } from './split.ts';

/** What holding out needs to know of an image. */
export interface Usable extends Grouped {
  /** False where nobody said what it shows. */
  readonly isLabelled: boolean;
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
