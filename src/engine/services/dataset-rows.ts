import { placeName } from '../../formats/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../formats/labelled-images.ts';
import { divide } from '../../core/dataset/hold-out.ts';
import type { Division, Part } from '../../core/dataset/hold-out.ts';
import type { NewTestSet, TestMember, TestState } from '../../store/queries/test-sets.ts';
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

/** An image as a distillation takes it, with what is decided about it. */
export interface DecidedRow {
  readonly row: LabelledImage;
  readonly said: Part | undefined;
  readonly drawn: Part | undefined;
}

/** What images are for: see `divide`. */
export function divideRows(
  rows: readonly DecidedRow[],
  { seed, mode }: TestState,
): Division<LabelledImage> {
  const placed = rows.map(({ row, said, drawn }) => {
    const { labels, group, key, isLabelled } = row;
    return { row, labels, group, key, isLabelled, said, drawn };
  });
  const { rest, tested, shared, ...made } = divide(placed, seed, mode);
  const rowsOf = (list: readonly { row: LabelledImage }[]): LabelledImage[] =>
    list.map(({ row }) => row);
  return { ...made, rest: rowsOf(rest), tested: rowsOf(tested), shared: rowsOf(shared) };
}

/** What a run keeps of how its images were divided. */
export function testSetOf(
  rows: readonly DecidedRow[],
  { mode, isNew, rest, tested }: Division<LabelledImage>,
  members: readonly TestMember[],
): NewTestSet {
  const marked = new Set(rows.filter(({ said }) => said === 'test').map(({ row }) => row.key));
  const ids = (list: readonly LabelledImage[]): number[] => list.flatMap(({ key }) => key ?? []);
  const test = ids(tested).filter((id) => !marked.has(id));
  return { mode, isNew, test, learn: ids(rest.filter(({ isLabelled }) => isLabelled)), members };
}

/** What a person should know of groups that were on both sides. */
export function spanningNote(groups: readonly string[]): string[] {
  if (groups.length === 0) return [];
  const first = groups.slice(0, 3).map((group) => `“${group}”`);
  const more = groups.length > first.length ? ` and ${groups.length - first.length} more` : '';
  const one = groups.length === 1;
  return [
    `The group${one ? '' : 's'} ${first.join(', ')}${more} had test images and images to learn from. All labelled images of ${one ? 'it' : 'them'} are test images now, and none is learnt from, so the test set changes.`,
  ];
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
