import type { Project, ProjectClass, ProjectImage } from '../../../contract/app.ts';

export type LabelledProject = Pick<
  Project,
  'images' | 'labelled' | 'learnt' | 'tested' | 'marked' | 'testSet' | 'task' | 'classes'
>;

/** Training images per class from which more bring little. */
export const enoughImages = 10;

/** Smallest number of classes by task. One is enough for multi-label: an image may have no label. */
export const classesNeeded = { single: 2, several: 1, segmentation: 1 } as const;

/** True if the next run holds out a fifth of the labelled images: no test image is set by hand, no test set frozen. */
export function holdsOutShare({ marked, testSet }: Pick<Project, 'marked' | 'testSet'>): boolean {
  return marked.labelled === 0 && testSet === null;
}

/** True if a run would hold out an image, set by hand or drawn by chance. */
export function isHeldOut(
  { drawn }: Pick<Project, 'drawn'>,
  { id, isTest }: Pick<ProjectImage, 'id' | 'isTest'>,
): boolean {
  return isTest || drawn.includes(id);
}

/** Number of labels that adds `images` training images, as near as groups allow. */
export function labelsFor(images: number, project: Pick<Project, 'marked' | 'testSet'>): number {
  return holdsOutShare(project) ? Math.ceil((images * 5) / 4) : images;
}

/** Number of labels that a class lacks to reach `enoughImages`. */
export function labelsShort(
  { learnt }: ProjectClass,
  project: Pick<Project, 'marked' | 'testSet'>,
): number {
  return labelsFor(Math.max(0, enoughImages - learnt), project);
}

/** Number of useful further labels over all classes, at most the number of unlabelled images. */
export function labelsThatHelp(project: LabelledProject): number {
  if (project.task === 'segmentation') return masksThatHelp(project);
  const short = project.classes.map((one) => labelsShort(one, project));
  const free = project.images - project.labelled - project.marked.unlabelled;
  return Math.min(
    short.reduce((sum, one) => sum + one, 0),
    free,
  );
}

/** Training images that should show a class in their masks. */
export const enoughOfClass = 3;

/** Number of useful further masks. One mask may show several classes: the class that lacks most decides. */
function masksThatHelp(project: LabelledProject): number {
  const short = [
    labelsFor(Math.max(0, enoughImages - project.learnt), project),
    ...project.classes.map(({ learnt }) => labelsFor(Math.max(0, enoughOfClass - learnt), project)),
  ];
  const free = project.images - project.labelled - project.marked.unlabelled;
  return Math.min(Math.max(...short), Math.max(0, free));
}

export type MissingLabels =
  | { readonly kind: 'images' }
  | { readonly kind: 'classes'; readonly missing: number }
  /** `have` of the `need` required classes have training images; `classes` are the closest to having some. */
  | {
      readonly kind: 'labels';
      readonly classes: readonly ProjectClass[];
      readonly have: number;
      readonly need: number;
    }
  /** Training masks are missing: none is finished and shows a class. */
  | { readonly kind: 'masks' }
  /** Held-out images to measure on are missing. */
  | { readonly kind: 'tested' };

/** Missing requirement of a run, by the engine's rules; null if none is missing. */
export function missingLabels(project: LabelledProject): MissingLabels | null {
  const { images, classes, task } = project;
  if (images === 0) return { kind: 'images' };
  const need = classesNeeded[task];
  if (classes.length < need) return { kind: 'classes', missing: need - classes.length };
  const learnt = classes.filter((one) => one.learnt > 0);
  if (task === 'segmentation') {
    if (learnt.length === 0) return { kind: 'masks' };
    return project.tested > 0 ? null : { kind: 'tested' };
  }
  if (learnt.length < need) {
    const nearest = classes
      .filter((one) => one.learnt === 0)
      .toSorted((one, other) => other.labelled - one.labelled)
      .slice(0, need - learnt.length);
    return { kind: 'labels', classes: nearest, have: learnt.length, need };
  }
  const isMeasured = task === 'several' ? project.tested > 0 : learnt.some((one) => one.tested > 0);
  return isMeasured ? null : { kind: 'tested' };
}
