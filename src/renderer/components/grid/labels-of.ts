import type { ProjectClass, ProjectImage } from '../../../contract/app.ts';
import { text } from '../../text/index.ts';

/** The classes that an image was given, in the project's order. */
export function labelsOf(
  image: Pick<ProjectImage, 'classes'>,
  classes: readonly ProjectClass[],
): ProjectClass[] {
  return classes.filter(({ id }) => image.classes.includes(id));
}

/** What a tile says to a screen reader, with the words on it as they stand there. */
export function saidTile(
  { name, isLabelled, mask, isPredicted }: ProjectImage,
  isTest: boolean,
  given: readonly Pick<ProjectClass, 'name'>[],
  reason: string | null,
): string {
  const { inspector, noneMark, testMark } = text.images;
  const test = isTest ? ` ${testMark}` : '';
  const why = reason === null ? '' : ` ${reason}`;
  const outline = saidMask({ mask, isPredicted });
  if (outline !== null) return `${name}, ${outline}${test}${why}`;
  if (!isLabelled) return `${name}${test}${why}, ${inspector.noLabel}`;
  const labels = given.length === 0 ? noneMark : given.map((one) => one.name).join(' ');
  return `${name}, ${labels}${test}${why}`;
}

/** How far an image's mask is, in a word or two; null where there is none. */
export function saidMask({
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
