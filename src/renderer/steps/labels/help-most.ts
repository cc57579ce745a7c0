import type { Project, ProjectClass } from '../../../contract/app.ts';

type Counted = Pick<ProjectClass, 'name' | 'images'>;

/** Labelled images of a class from which a few more hardly matter. */
const enoughImages = 10;

/** What a head needs of a class at the least: one to learn from, one to measure on. */
const fewestImages = 2;

/** Past this many times the fewest, the most drown them. */
const unevenFrom = 4;

export type Help =
  | { readonly kind: 'empty' | 'few'; readonly one: Counted; readonly missing: number }
  | { readonly kind: 'uneven'; readonly one: Counted; readonly most: Counted }
  | { readonly kind: 'enough' };

/** Which labels would help most; null where there are no classes. */
export function helpMost(classes: readonly Counted[]): Help | null {
  const ascending = classes.toSorted((one, other) => one.images - other.images);
  const one = ascending[0];
  const most = ascending.at(-1);
  if (one === undefined || most === undefined) return null;
  if (one.images < enoughImages) {
    const kind = one.images === 0 ? 'empty' : 'few';
    return { kind, one, missing: enoughImages - one.images };
  }
  return most.images >= unevenFrom * one.images
    ? { kind: 'uneven', one, most }
    : { kind: 'enough' };
}

export type MissingLabels =
  | { readonly kind: 'images' }
  | { readonly kind: 'classes'; readonly missing: number }
  | { readonly kind: 'labels'; readonly classes: readonly Counted[] };

/** What stands between these labels and a student; null when nothing does. */
export function missingLabels({
  images,
  classes,
  task,
}: Pick<Project, 'images' | 'classes' | 'task'>): MissingLabels | null {
  if (images === 0) return { kind: 'images' };
  const needed = task === 'single' ? 2 : 1;
  if (classes.length < needed) return { kind: 'classes', missing: needed - classes.length };
  const short = classes.filter((one) => one.images < fewestImages);
  const stillNeeded = needed - (classes.length - short.length);
  if (stillNeeded <= 0) return null;
  const nearest = short.toSorted((one, other) => other.images - one.images);
  return { kind: 'labels', classes: nearest.slice(0, stillNeeded) };
}
