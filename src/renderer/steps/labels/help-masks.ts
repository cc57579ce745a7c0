import type { ProjectClass } from '../../../contract/app.ts';
import {
  enoughImages,
  enoughOfClass,
  labelsFor,
  type LabelledProject,
} from '../../lib/labels-needed.ts';

/** Test images from which a measured overlap begins to mean something. */
const enoughTested = 5;
/** A class with less than this share of the pixels of the largest is hard to learn. */
const tinyBelow = 1 / 200;

export type MaskHelp =
  | { readonly kind: 'drafts'; readonly drafts: number }
  /** Masks that lack until there are enough to learn from; `first`: there is none. */
  | { readonly kind: 'first'; readonly missing: number }
  | { readonly kind: 'few'; readonly learnt: number; readonly missing: number }
  /** A class that no mask to learn from shows, or hardly any. */
  | { readonly kind: 'absent'; readonly one: ProjectClass }
  | { readonly kind: 'rare'; readonly one: ProjectClass }
  | { readonly kind: 'untested'; readonly images: number }
  | { readonly kind: 'tiny'; readonly one: ProjectClass; readonly most: ProjectClass }
  | { readonly kind: 'enough' };

/** What would help a student that outlines most; null where there are no classes. */
export function helpMasks(project: LabelledProject & { readonly drafts: number }): MaskHelp | null {
  const { classes, labelled, drafts, learnt, marked } = project;
  const [one] = classes.toSorted((first, other) => first.learnt - other.learnt);
  if (one === undefined) return null;
  const missing = labelsFor(Math.max(0, enoughImages - learnt), project);
  if (drafts > 0 && missing > 0) return { kind: 'drafts', drafts };
  if (labelled === 0) return { kind: 'first', missing };
  if (one.learnt === 0) return { kind: 'absent', one };
  if (one.learnt < enoughOfClass) return { kind: 'rare', one };
  if (missing > 0) return { kind: 'few', learnt, missing };
  if (marked.unlabelled > 0 && marked.labelled < enoughTested) {
    return { kind: 'untested', images: marked.unlabelled };
  }
  return tiny(classes) ?? { kind: 'enough' };
}

function tiny(classes: readonly ProjectClass[]): MaskHelp | null {
  const bySize = classes.toSorted((one, other) => (one.pixels ?? 0) - (other.pixels ?? 0));
  const [one, most] = [bySize[0], bySize.at(-1)];
  if (one === undefined || most === undefined) return null;
  const isTiny = (one.pixels ?? 0) < tinyBelow * (most.pixels ?? 0);
  return isTiny ? { kind: 'tiny', one, most } : null;
}
