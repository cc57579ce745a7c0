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

/** The keys of the first nine classes. */
export const classKeys = [
  ...(['class-1', 'class-2', 'class-3', 'class-4', 'class-5'] as const),
  ...(['class-6', 'class-7', 'class-8', 'class-9'] as const),
];

/** Keys that give something. */
export const givingKeys = [...classKeys, 'none-of-them', 'take-away'] as const;

/** What a key gives; null where there is no such class, or each image has to have one. */
export function givenBy(
  key: (typeof givingKeys)[number],
  classes: readonly { id: number }[],
  task: ProjectTask,
): Given | null {
  if (key === 'take-away') return 'unlabelled';
  if (key === 'none-of-them') return task === 'several' ? 'none' : null;
  return classes[classKeys.indexOf(key)]?.id ?? null;
}
