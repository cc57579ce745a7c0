import type { Project, ProjectClass } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import { idOf, placeName } from '../../../formats/labels/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../../formats/labels/labelled-images.ts';
import type { StoredImage } from '../../../store/queries/images.ts';
import type { Store } from '../../../store/store.ts';
import type { SegmentationFiles } from '../../tasks/segmentation/data/segmentation-files.ts';
import type { FileState } from '../../images/file-states.ts';
import type { NewTestSet } from '../../../store/queries/test-sets.ts';
import {
  changedProblem,
  datasetRow,
  divideRows,
  sharedProblems,
  spanningNote,
  testSetOf,
} from './dataset-rows.ts';
import type { DecidedRow } from './dataset-rows.ts';
import { runMasksText, segmentationText } from '../../../text/index.ts';

/** Number of test images below which metrics mean little. */
const fewTested = 5;

/** Data of a segmentation run. */
export interface ProjectSegmentation {
  readonly dataset: Omit<SegmentationFiles, 'masks'>;
  /** Image ids by `placeName`. */
  readonly ids: ReadonlyMap<string, number>;
  /** Class id of the project for each value from 1. */
  readonly classIds: readonly number[];
  readonly testSet: NewTestSet;
  /** Notes for the user before the run begins. */
  readonly notes: readonly string[];
}

/**
 * Divides the images of a segmentation project, like `projectDataset`, by masks marked as done. All images except the
 * test images are used for distillation. Classes that no training mask shows are left out, and their regions in test
 * images are not measured.
 *
 * @param smallest least side of an image, px: the teacher's patch size
 * @param states states of the files, if they were checked: changed files are left out
 * @throws UserError 'invalid-labels' with what is missing
 */
export function projectSegmentation(
  store: Store,
  project: Project,
  smallest: number,
  states: ReadonlyMap<string, FileState> = new Map<string, FileState>(),
): ProjectSegmentation {
  if (project.classes.every(({ maskValue }) => maskValue === null)) {
    throw new UserError('invalid-labels', runMasksText.noClasses(project.name));
  }
  const { rows, ids, problems, small } = collectRows(store, project, smallest, states);
  const division = divideRows(rows, store.testSets.state(project.id));
  const { tested, rest: distilled, shared } = division;
  const learnt = distilled.filter(({ isLabelled }) => isLabelled);
  const all = rows.map(({ row }) => row);
  requireMasks(project, learnt.length, tested.length, all);
  const valuesLearnt = valuesShown(store, learnt, ids);
  const isLearnt = ({ maskValue }: ProjectClass): boolean => valuesLearnt.has(maskValue ?? 0);
  const classes = project.classes.filter(isLearnt);
  if (classes.length === 0) {
    throw new UserError('invalid-labels', runMasksText.onlyBackground(project.name, learnt.length));
  }
  const valuesTested = valuesShown(store, tested, ids);
  const isTested = ({ maskValue }: ProjectClass): boolean => valuesTested.has(maskValue ?? 0);
  const unseen = {
    learnt: project.classes.filter((one) => !isLearnt(one)).map(({ name }) => name),
    tested: classes.filter((one) => !isTested(one)).map(({ name }) => name),
  };
  const marked = rows.filter(({ assigned }) => assigned === 'test').map(({ row }) => row);
  return {
    ids,
    testSet: testSetOf(rows, division, maskRevisions(store, tested)),
    classIds: classes.map(({ id }) => id),
    notes: [
      ...spanningNote(division.spanning),
      ...notesOf(unseen, classes.length, tested.length, small),
    ],
    dataset: {
      origin: project.name,
      task: 'segmentation',
      classes: classes.map(({ name, colour }, index) => ({ value: index + 1, name, colour })),
      distilled,
      tested,
      problems: [...problems, ...sharedProblems(marked, shared)],
    },
  };
}

interface CollectedRows {
  readonly rows: readonly DecidedRow[];
  readonly ids: ReadonlyMap<string, number>;
  readonly problems: readonly ImageProblem[];
  /** Number of images left out because they are too small. */
  readonly small: number;
}

/** Collects the usable images of a project. */
function collectRows(
  store: Store,
  project: Project,
  smallest: number,
  states: ReadonlyMap<string, FileState>,
): CollectedRows {
  const problems: ImageProblem[] = [];
  const ids = new Map<string, number>();
  const rows: DecidedRow[] = [];
  let small = 0;
  for (const image of store.images.all(project.id)) {
    const place = placeName(image);
    if (ids.has(place)) continue;
    const tooSmall = smallProblem(image, smallest);
    if (tooSmall) small++;
    const problem = tooSmall ?? changedProblem(image, states);
    if (problem) {
      problems.push(problem);
      continue;
    }
    ids.set(place, image.id);
    const { assigned, drawn } = image;
    rows.push({ row: datasetRow(image, [], states), assigned, drawn });
  }
  return { rows, ids, problems, small };
}

/** Returns the tested images by id, each with the revision of its mask. */
function maskRevisions(
  store: Store,
  tested: readonly LabelledImage[],
): (readonly [number, string])[] {
  return tested.map(({ key = 0 }) => {
    const revision = store.masks.get(key, 'human')?.revision ?? 0;
    return [key, `mask ${revision}`] as const;
  });
}

function smallProblem(image: StoredImage, smallest: number): ImageProblem | undefined {
  const { width, height } = image;
  if (width >= smallest && height >= smallest) return undefined;
  const reason = runMasksText.smallerThanPatch({ width, height, patch: smallest });
  return { path: placeName(image), reason };
}

/** Returns the mask values that occur in these images. */
function valuesShown(
  store: Store,
  images: readonly LabelledImage[],
  ids: ReadonlyMap<string, number>,
): Set<number> {
  const shown = new Set<number>();
  for (const image of images) {
    const mask = store.masks.get(idOf(ids, image), 'human');
    for (const { value } of mask?.histogram ?? []) shown.add(value);
  }
  return shown;
}

/** @throws UserError 'invalid-labels' */
function requireMasks(
  { name, drafts }: Project,
  learnt: number,
  tested: number,
  all: readonly LabelledImage[],
): void {
  if (learnt > 0 && tested > 0) return;
  const done = all.filter(({ isLabelled }) => isLabelled);
  const groups = new Set(done.map(({ group }) => group));
  if (done.length > 1 && groups.size === 1 && !groups.has(undefined)) {
    throw new UserError('invalid-labels', runMasksText.oneGroupOutlined(name));
  }
  throw new UserError(
    'invalid-labels',
    runMasksText.tooFewMasks({
      project: name,
      finished: done.length,
      areTested: learnt === 0 && tested > 0,
      drafts,
    }),
  );
}

/**
 * Notes on a data set, for the user.
 *
 * @param unseen `learnt`: classes that no training mask shows; `tested`: learnt classes that no test mask shows
 * @param classes number of learnt classes
 */
function notesOf(
  unseen: { readonly learnt: readonly string[]; readonly tested: readonly string[] },
  classes: number,
  tested: number,
  small: number,
): string[] {
  const notes: string[] = [];
  if (unseen.learnt.length > 0) notes.push(segmentationText.unseenInTraining(unseen.learnt));
  if (unseen.tested.length === classes) notes.push(runMasksText.nothingTested);
  else if (unseen.tested.length > 0) notes.push(segmentationText.unseenInTest(unseen.tested));
  if (tested < fewTested) notes.push(runMasksText.fewTestImages(tested));
  if (small > 0) notes.push(runMasksText.imagesSmallerThanPatch(small));
  return notes;
}
