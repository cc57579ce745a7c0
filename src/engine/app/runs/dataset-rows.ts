import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../../formats/labels/labelled-images.ts';
import { divide } from '../../../core/dataset/hold-out.ts';
import type { Division, Subset } from '../../../core/dataset/hold-out.ts';
import type { NewTestSet, TestMember, TestState } from '../../../store/queries/test-sets.ts';
import type { StoredImage } from '../../../store/queries/images.ts';
import type { FileState } from '../../images/file-states.ts';
import { runDataText } from '../../../text/index.ts';

// Common parts of the data of all runs.

/** @param states states of the files, if they were checked */
export function changedProblem(
  image: StoredImage,
  states: ReadonlyMap<string, FileState>,
): ImageProblem | undefined {
  if (states.get(image.path) !== 'changed') return undefined;
  return { path: placeName(image), reason: runDataText.imageChanged(image.path) };
}

/** Returns an image as a distillation takes it. */
export function datasetRow(
  { id, path, frame, folder, name, sha256, isLabelled, group }: StoredImage,
  labels: readonly string[],
  states: ReadonlyMap<string, FileState>,
): LabelledImage {
  // Missing images are not used for training, and so are not needed when the run is resumed.
  const isThere = states.get(path) === 'same';
  const contentHash = isThere ? Buffer.from(sha256).toString('hex') : undefined;
  const place = { path, frame, name: `${folder}/${name}` };
  return { ...place, key: id, labels, isLabelled, group, split: undefined, contentHash };
}

/** An image as a distillation takes it, with its split. */
export interface DecidedRow {
  readonly row: LabelledImage;
  readonly assigned: Subset | undefined;
  readonly drawn: Subset | undefined;
}

/** Divides images into training and test; see `divide`. */
export function divideRows(
  rows: readonly DecidedRow[],
  { seed, mode }: TestState,
): Division<LabelledImage> {
  const placed = rows.map(({ row, assigned, drawn }) => {
    const { labels, group, key, isLabelled } = row;
    return { row, labels, group, key, isLabelled, assigned, drawn };
  });
  const { rest, tested, shared, ...made } = divide(placed, seed, mode);
  const rowsOf = (list: readonly { row: LabelledImage }[]): LabelledImage[] =>
    list.map(({ row }) => row);
  return { ...made, rest: rowsOf(rest), tested: rowsOf(tested), shared: rowsOf(shared) };
}

/** Returns the record of a run's test split. */
export function testSetOf(
  rows: readonly DecidedRow[],
  { mode, isNew, rest, tested }: Division<LabelledImage>,
  members: readonly TestMember[],
): NewTestSet {
  const marked = new Set(
    rows.filter(({ assigned }) => assigned === 'test').map(({ row }) => row.key),
  );
  const ids = (list: readonly LabelledImage[]): number[] => list.flatMap(({ key }) => key ?? []);
  const test = ids(tested).filter((id) => !marked.has(id));
  return { mode, isNew, test, learn: ids(rest.filter(({ isLabelled }) => isLabelled)), members };
}

/** Returns a note on groups that were on both sides of the split. */
export function spanningNote(groups: readonly string[]): string[] {
  return groups.length === 0 ? [] : [runDataText.groupsJoinTest(groups)];
}

/** Problems for images left out because the user marked others of their group as test images. */
export function sharedProblems(
  marked: readonly LabelledImage[],
  shared: readonly LabelledImage[],
): ImageProblem[] {
  if (!marked.some(({ isLabelled }) => isLabelled)) return [];
  return shared.map((image) => ({
    path: placeName(image),
    reason: runDataText.groupIsTested(String(image.group)),
  }));
}
