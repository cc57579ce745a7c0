import type { ProjectClass, ProjectImage } from '../../../contract/app.ts';
import { text } from '../../text/index.ts';

/** Classes of an image, in the project's order. */
export function labelsOf(
  image: Pick<ProjectImage, 'classes'>,
  classes: readonly ProjectClass[],
): ProjectClass[] {
  return classes.filter(({ id }) => image.classes.includes(id));
}

/** Accessible name of a tile, which contains its visible text unchanged. */
export function tileName(
  { name, isLabelled, mask, isPredicted }: ProjectImage,
  isTest: boolean,
  given: readonly Pick<ProjectClass, 'name'>[],
  reason: string | null,
): string {
  const { inspector, noneMark, testMark } = text.images;
  const test = isTest ? ` ${testMark}` : '';
  const why = reason === null ? '' : ` ${reason}`;
  const outline = maskStatus({ mask, isPredicted });
  if (outline !== null) return `${name}, ${outline}${test}${why}`;
  if (!isLabelled) return `${name}${test}${why}, ${inspector.noLabel}`;
  const labels = given.length === 0 ? noneMark : given.map((one) => one.name).join(' ');
  return `${name}, ${labels}${test}${why}`;
}

/** State of an image's mask in a word or two; null without a mask. */
export function maskStatus({
  mask,
  isPredicted,
}: Pick<ProjectImage, 'mask' | 'isPredicted'>): string | null {
  const { states, predicted } = text.outlines;
  if (mask === 'done') return states.done;
  const words = [
    ...(mask === undefined ? [] : [states[mask]]),
    ...(isPredicted ? [predicted] : []),
  ];
  return words.length === 0 ? null : words.join(', ');
}
