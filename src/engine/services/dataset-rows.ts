import { placeName } from '../../formats/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../formats/labelled-images.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import type { FileState } from './image-files.ts';

// What the data of all runs have in common, whatever is learnt.

/** @param states of the files, where they were looked at */
export function changedProblem(
  image: StoredImage,
  states: ReadonlyMap<string, FileState>,
): ImageProblem | undefined {
  if (states.get(image.path) !== 'changed') return undefined;
  const reason = `${image.path} is no longer the file that came in, so it was left out. Import its folder again to learn from it.`;
  return { path: placeName(image), reason };
}

/** An image as a distillation takes it. */
export function datasetRow(
  { id, path, frame, folder, name, sha256, isLabelled, group }: StoredImage,
  labels: readonly string[],
  states: ReadonlyMap<string, FileState>,
): LabelledImage {
  // Of what is missing nothing is learnt, so that it need not be there later either.
  const isThere = states.get(path) === 'same';
  const contentHash = isThere ? Buffer.from(sha256).toString('hex') : undefined;
  const place = { path, frame, name: `${folder}/${name}` };
  return { ...place, key: id, labels, isLabelled, group, split: undefined, contentHash };
}

/** Whoever marks test images is told what is left out for it, and may mark others. */
export function sharedProblems(
  marked: readonly LabelledImage[],
  shared: readonly LabelledImage[],
): ImageProblem[] {
  if (!marked.some(({ isLabelled }) => isLabelled)) return [];
  return shared.map((image) => ({
    path: placeName(image),
    reason: `others of its group “${image.group}” are test images, so it was not learnt from`,
  }));
}

export function oneGroup(project: string, labelled: 'labelled' | 'outlined'): string {
  return `All ${labelled} images of ${project} are of one group: one patient, volume or scene. What is learnt from one can only be measured on another: add ${labelled} images of others, put some in a folder named test, or say in a table with the column group which belong together.`;
}
