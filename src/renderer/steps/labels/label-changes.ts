import type { LabelChange, ProjectImage, ProjectTask } from '../../../contract/app.ts';
import { classKeys } from '../../lib/keys/keymap-table.ts';

/** A label to give to images: the id of a class, `none` for none of the classes, or `unlabelled` to remove labels. */
export type LabelChoice = number | 'none' | 'unlabelled';

/**
 * Changes to images that are given a label, without those that have it already. With several labels per image a class
 * is toggled: it is removed if all images have it, otherwise added to those that lack it.
 */
export function changesFor(
  images: readonly ProjectImage[],
  given: LabelChoice,
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
  given: LabelChoice,
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

/** Keys that give or remove a label. */
export const labelKeys = [...classKeys, 'none-of-them', 'take-away'] as const;

/** Label that a key gives; null if there is no such class, or if `none` is not allowed for the task. */
export function choiceOfKey(
  key: (typeof labelKeys)[number],
  classes: readonly { id: number }[],
  task: ProjectTask,
): LabelChoice | null {
  if (key === 'take-away') return 'unlabelled';
  if (key === 'none-of-them') return task === 'several' ? 'none' : null;
  return classes[classKeys.indexOf(key)]?.id ?? null;
}
