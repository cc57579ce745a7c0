import type { Project, ProjectClass, ProjectImage } from '../../contract/app.ts';

export type LabelledProject = Pick<
  Project,
  'images' | 'labelled' | 'learnt' | 'tested' | 'marked' | 'testSet' | 'task' | 'classes'
>;

/** Labelled images of a class to learn from, from which a few more hardly matter. */
export const enoughImages = 10;

/** Of several labels one is enough: an image may have none of them. */
export const classesNeeded = { single: 2, several: 1, segmentation: 1 } as const;

/** Whether the next run holds out a fifth of the labelled images: none is marked, and no test set is frozen. */
export function holdsOutShare({ marked, testSet }: Pick<Project, 'marked' | 'testSet'>): boolean {
  return marked.labelled === 0 && testSet === null;
}

/** Whether a run would hold an image out, marked or drawn by chance. */
export function isHeldOut(
  { drawn }: Pick<Project, 'drawn'>,
  { id, isTest }: Pick<ProjectImage, 'id' | 'isTest'>,
): boolean {
  return isTest || drawn.includes(id);
}

/** Labels to give so that so many more images are learnt from, as near as groups allow. */
export function labelsFor(images: number, project: Pick<Project, 'marked' | 'testSet'>): number {
  return holdsOutShare(project) ? Math.ceil((images * 5) / 4) : images;
}

/** Labels that a class lacks to have enough images to learn from. */
export function labelsShort(
  { learnt }: ProjectClass,
  project: Pick<Project, 'marked' | 'testSet'>,
): number {
  return labelsFor(Math.max(0, enoughImages - learnt), project);
}

/** Labels that would help, over all classes; no more than there are images to give them to. */
export function labelsThatHelp(project: LabelledProject): number {
  if (project.task === 'segmentation') return masksThatHelp(project);
  const short = project.classes.map((one) => labelsShort(one, project));
  const free = project.images - project.labelled - project.marked.unlabelled;
  return Math.min(
    short.reduce((sum, one) => sum + one, 0),
    free,
  );
}

/** Images that a class should be outlined in, at least. */
export const enoughOfClass = 3;

/** An image that is outlined shows several classes at once: the one that lacks most decides. */
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
  /** `have` classes have images to learn from, `need` must; these are the nearest to it. */
  | {
      readonly kind: 'labels';
      readonly classes: readonly ProjectClass[];
      readonly have: number;
      readonly need: number;
    }
  /** No mask that is done has anything of a class to learn from. */
  | { readonly kind: 'masks' }
  /** There is nothing to measure on. */
  | { readonly kind: 'tested' };

/** What stands between these labels and a student, as the engine asks for it; null when nothing does. */
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
