import type { ProjectClass } from '../../../contract/app.ts';
import {
  enoughImages,
  enoughOfClass,
  labelsFor,
  type LabelledProject,
} from '../../lib/images/labels-needed.ts';

/** Number of test images from which a measured overlap is meaningful. */
const enoughTested = 5;
/** Share of the largest class's pixels below which a class is hard to learn. */
const tinyBelow = 1 / 200;

/** Advice on the masks that a project needs. */
export type MaskAdvice =
  | { readonly kind: 'drafts'; readonly drafts: number }
  /** Number of masks that are missing to learn from; `first`: there are none yet. */
  | { readonly kind: 'first'; readonly missing: number }
  | { readonly kind: 'few'; readonly learnt: number; readonly missing: number }
  /** A class shown by no mask to learn from, or by too few. */
  | { readonly kind: 'absent'; readonly target: ProjectClass }
  | { readonly kind: 'rare'; readonly target: ProjectClass }
  | { readonly kind: 'untested'; readonly images: number }
  | { readonly kind: 'tiny'; readonly target: ProjectClass; readonly most: ProjectClass }
  | { readonly kind: 'enough' };

/** The most useful advice for a segmentation project; null if it has no classes. */
export function maskAdvice(
  project: LabelledProject & { readonly drafts: number },
): MaskAdvice | null {
  const { classes, labelled, drafts, learnt, marked } = project;
  const [target] = classes.toSorted((first, other) => first.learnt - other.learnt);
  if (target === undefined) return null;
  const missing = labelsFor(Math.max(0, enoughImages - learnt), project);
  if (drafts > 0 && missing > 0) return { kind: 'drafts', drafts };
  if (labelled === 0) return { kind: 'first', missing };
  if (target.learnt === 0) return { kind: 'absent', target };
  if (target.learnt < enoughOfClass) return { kind: 'rare', target };
  if (missing > 0) return { kind: 'few', learnt, missing };
  if (marked.unlabelled > 0 && marked.labelled < enoughTested) {
    return { kind: 'untested', images: marked.unlabelled };
  }
  return tiny(classes) ?? { kind: 'enough' };
}

function tiny(classes: readonly ProjectClass[]): MaskAdvice | null {
  const bySize = classes.toSorted((one, other) => (one.pixels ?? 0) - (other.pixels ?? 0));
  const [target, most] = [bySize[0], bySize.at(-1)];
  if (target === undefined || most === undefined) return null;
  const isTiny = (target.pixels ?? 0) < tinyBelow * (most.pixels ?? 0);
  return isTiny ? { kind: 'tiny', target, most } : null;
}
