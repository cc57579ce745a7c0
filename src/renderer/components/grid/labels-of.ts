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
  { name, isLabelled, isTest, mask }: ProjectImage,
  given: readonly Pick<ProjectClass, 'name'>[],
  reason: string | null,
): string {
  const { inspector, noneMark, testMark } = text.images;
  const test = isTest ? ` ${testMark}` : '';
  const why = reason === null ? '' : ` ${reason}`;
  if (mask !== undefined) return `${name}, ${text.outlines.states[mask]}${test}${why}`;
  if (!isLabelled) return `${name}${test}${why}, ${inspector.noLabel}`;
  const labels = given.length === 0 ? noneMark : given.map((one) => one.name).join(' ');
  return `${name}, ${labels}${test}${why}`;
}
