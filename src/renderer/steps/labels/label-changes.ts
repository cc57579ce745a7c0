import type { LabelChange, ProjectImage, ProjectTask } from '../../../contract/app.ts';

/** What is given to images: a class, that they are none of them, or that nobody has said. */
export type Given = number | 'none' | 'unlabelled';

/**
 * The changes that giving a label to images makes; images that have it already are left out. With several
 * labels a class is switched: off where all have it, else on for those that have not.
 */
export function changesFor(
  images: readonly ProjectImage[],
  given: Given,
  task: ProjectTask,
): LabelChange[] {
  const haveAll =
    typeof given === 'number' && images.every(({ classes }) => classes.includes(given));
  return images
    .map((image) => ({ image: image.id, classes: after(image, given, task, haveAll) }))
    .filter(({ classes }, index) => !isSame(classes, images[index]));
}

function after(
  { classes }: ProjectImage,
  given: Given,
  task: ProjectTask,
  haveAll: boolean,
): number[] | null {
  if (given === 'unlabelled') return null;
  if (given === 'none') return [];
  if (task === 'single') return [given];
  if (!haveAll) return classes.includes(given) ? classes : [...classes, given];
  const left = classes.filter((id) => id !== given);
  return left.length === 0 ? null : left;
}

function isSame(classes: readonly number[] | null, image: ProjectImage | undefined): boolean {
  if (image === undefined || classes === null) return image?.isLabelled === false;
  return (
    image.isLabelled &&
    classes.length === image.classes.length &&
    classes.every((id) => image.classes.includes(id))
  );
}

/** What a key gives: 1 to 9 a class, 0 or Backspace takes away, N or - says none of several. */
export function givenBy(
  key: string,
  classes: readonly { id: number }[],
  task: ProjectTask,
): Given | null {
  if (key === '0' || key === 'Backspace' || key === 'Delete') return 'unlabelled';
  if ((key === '-' || key.toLowerCase() === 'n') && task === 'several') return 'none';
  return /^[1-9]$/.test(key) ? (classes[Number(key) - 1]?.id ?? null) : null;
}
