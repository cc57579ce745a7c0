import type { ProjectClass } from '../../../contract/app.ts';
import { labelsShort, type LabelledProject } from '../../lib/images/labels-needed.ts';

/** Number of test images of a class from which a measured accuracy is meaningful. */
const enoughTested = 5;

/** Ratio of the most to the fewest images per class from which classes are uneven. */
const unevenFrom = 4;

/** Advice on the labels or images that a project needs. */
export type LabelAdvice =
  /** A class that needs labels: it has too few images to learn from, or none. */
  | { readonly kind: 'empty' | 'few'; readonly target: ProjectClass; readonly missing: number }
  /** A class that needs images: all images to learn from are labelled. */
  | { readonly kind: 'images'; readonly target: ProjectClass; readonly missing: number }
  /** Test images that need labels: of a class with too few of them, or of any class if none is labelled. */
  | { readonly kind: 'unmeasured'; readonly target: ProjectClass; readonly missing: number }
  | { readonly kind: 'untested'; readonly images: number }
  | { readonly kind: 'uneven'; readonly target: ProjectClass; readonly most: ProjectClass }
  | { readonly kind: 'enough' };

/** The most useful advice, labels before images; null if there are no classes. */
export function labelAdvice(project: LabelledProject): LabelAdvice | null {
  const ascending = project.classes.toSorted((one, other) => one.learnt - other.learnt);
  const target = ascending[0];
  const most = ascending.at(-1);
  if (target === undefined || most === undefined) return null;
  const missing = labelsShort(target, project);
  const free = project.images - project.labelled - project.marked.unlabelled;
  if (missing > 0 && free > 0)
    return { kind: target.learnt === 0 ? 'empty' : 'few', target, missing };
  const test = unmeasured(project);
  if (test !== null) return test;
  if (missing > 0) return { kind: 'images', target, missing };
  return isUneven(target, most) ? { kind: 'uneven', target, most } : { kind: 'enough' };
}

function isUneven(fewest: ProjectClass, most: ProjectClass): boolean {
  return most.learnt >= unevenFrom * fewest.learnt;
}

/** Advice to label test images, which are useless without labels; null if enough are labelled. */
function unmeasured({ classes, marked }: LabelledProject): LabelAdvice | null {
  if (marked.unlabelled === 0) return null;
  if (marked.labelled === 0) return { kind: 'untested', images: marked.unlabelled };
  const [target] = classes.toSorted((first, other) => first.tested - other.tested);
  if (target === undefined || target.tested >= enoughTested) return null;
  return { kind: 'unmeasured', target, missing: enoughTested - target.tested };
}
