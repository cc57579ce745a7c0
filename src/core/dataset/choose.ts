import { UserError } from '../errors.ts';
import { Random } from '../random.ts';

/** What choosing needs to know of an image. */
export interface Labelled {
  readonly labels: readonly string[];
}

/** Images that belong to none of the classes are chosen like those of one more. */
const noClass = '';

/**
 * Chooses labelled images until every class has `perClass` of them, or all it has, by seed. With one
 * label an image each class gets exactly that many; an image with several labels counts for each of its
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
    // A stream of its own for each class: more images in one do not change the choice in another.
    for (const index of new Random(seed, number).shuffled(candidates)) {
      if (missing <= 0) break;
      if (chosen.has(index)) continue;
      chosen.add(index);
      missing--;
    }
  }
  return images.filter((_, index) => chosen.has(index));
}

/** Throws `UserError('invalid-labels')` that names the classes with less than `perClass` images. */
export function requirePerClass(
  images: readonly Labelled[],
  classes: readonly string[],
  perClass: number,
): void {
  const byClass = indicesByClass(images);
  const counts = classes.map((name) => ({ name, count: byClass.get(name)?.length ?? 0 }));
  const short = counts.filter(({ count }) => count < perClass);
  if (short.length === 0) return;
  const least = Math.min(...short.map(({ count }) => count));
  const listed = short.slice(0, 5).map(({ name, count }) => `"${name}" has ${count}`);
  const more = short.length > 5 ? ` and ${short.length - 5} more have too few` : '';
  throw new UserError(
    'invalid-labels',
    `${perClass} labelled images a class were asked for, but class ${listed.join(', ')}${more}. ` +
      `Label more images${least > 0 ? ` or ask for at most ${least} a class` : ''}.`,
  );
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
