import type { ProjectClass } from '../../../contract/app.ts';
import { labelsShort, type LabelledProject } from '../../lib/labels-needed.ts';

/** Test images of a class from which a measured accuracy begins to mean something. */
const enoughTested = 5;

/** Past this many times the fewest, the most drown them. */
const unevenFrom = 4;

export type Help =
  /** Labels of a class that has too few images to learn from, or none. */
  | { readonly kind: 'empty' | 'few'; readonly one: ProjectClass; readonly missing: number }
  /** The same, but every image to learn from has a label. */
  | { readonly kind: 'images'; readonly one: ProjectClass; readonly missing: number }
  /** Labels of test images: of a class that is hardly measured, or, without one, of any. */
  | { readonly kind: 'unmeasured'; readonly one: ProjectClass; readonly missing: number }
  | { readonly kind: 'untested'; readonly images: number }
  | { readonly kind: 'uneven'; readonly one: ProjectClass; readonly most: ProjectClass }
  | { readonly kind: 'enough' };

/** What would help most, labels before images; null where there are no classes. */
export function helpMost(project: LabelledProject): Help | null {
  const ascending = project.classes.toSorted((one, other) => one.learnt - other.learnt);
  const one = ascending[0];
  const most = ascending.at(-1);
  if (one === undefined || most === undefined) return null;
  const missing = labelsShort(one, project);
  const free = project.images - project.labelled - project.marked.unlabelled;
  if (missing > 0 && free > 0) return { kind: one.learnt === 0 ? 'empty' : 'few', one, missing };
  const test = unmeasured(project);
  if (test !== null) return test;
  if (missing > 0) return { kind: 'images', one, missing };
  return isUneven(one, most) ? { kind: 'uneven', one, most } : { kind: 'enough' };
}

function isUneven(one: ProjectClass, most: ProjectClass): boolean {
  return most.learnt >= unevenFrom * one.learnt;
}

/** Test images without a label are of no use. */
function unmeasured({ classes, marked }: LabelledProject): Help | null {
  if (marked.unlabelled === 0) return null;
  if (marked.labelled === 0) return { kind: 'untested', images: marked.unlabelled };
  const [one] = classes.toSorted((first, other) => first.tested - other.tested);
  if (one === undefined || one.tested >= enoughTested) return null;
  return { kind: 'unmeasured', one, missing: enoughTested - one.tested };
}
