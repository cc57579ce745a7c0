import { UserError } from '../errors.ts';
import { Random } from '../random.ts';
import { labelledSetText } from '../../text/index.ts';

/** Facts about an image that choosing needs. */
export interface Labelled {
  readonly labels: readonly string[];
}

/** Label of images that belong to no class; they are chosen as if they were one more class. */
const noClass = '';

/**
 * Chooses labelled images by seed until every class has `perClass` of them, or all that it has. With one
 * label per image each class gets exactly that many; an image with several labels counts for each of its
 * classes, so a class may get more. The result keeps the order of `images`.
 */
export function chooseLabelled<T extends Labelled>(
  images: readonly T[],
  classes: readonly string[],
  perClass: number,
  seed: number,
): T[] {
  const byClass = indicesByClass(images);
  const chosen = new Set<number>();
  for (const [number, name] of [...classes, noClass].entries()) {
    const candidates = byClass.get(name) ?? [];
    let missing = perClass - candidates.filter((index) => chosen.has(index)).length;
    // One random stream per class: more images in one class do not change the choice in another.
    for (const index of new Random(seed, number).shuffled(candidates)) {
      if (missing <= 0) break;
      if (chosen.has(index)) continue;
      chosen.add(index);
      missing--;
    }
  }
  return images.filter((_, index) => chosen.has(index));
}

/** Throws `UserError('invalid-labels')` that names the classes with fewer than `perClass` images. */
export function requirePerClass(
  images: readonly Labelled[],
  classes: readonly string[],
  perClass: number,
): void {
  const byClass = indicesByClass(images);
  const counts = classes.map((name) => ({ name, count: byClass.get(name)?.length ?? 0 }));
  const short = counts.filter(({ count }) => count < perClass);
  if (short.length === 0) return;
  throw new UserError('invalid-labels', labelledSetText.tooFewPerClass(perClass, short));
}

function indicesByClass(images: readonly Labelled[]): ReadonlyMap<string, number[]> {
  const byClass = new Map<string, number[]>();
  for (const [index, { labels }] of images.entries()) {
    for (const label of new Set(labels.length === 0 ? [noClass] : labels)) {
      const indices = byClass.get(label);
      if (indices === undefined) byClass.set(label, [index]);
      else indices.push(index);
    }
  }
  return byClass;
}
