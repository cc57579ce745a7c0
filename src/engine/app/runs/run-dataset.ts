import type { Project } from '../../../contract/app.ts';
import type { ClassificationTask } from '../../../contract/jobs.ts';
import { compareCodePoints } from '../../../core/dataset/order.ts';
import { UserError } from '../../../core/errors.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../../formats/labels/labelled-images.ts';
import type { Store } from '../../../store/store.ts';
import { hasCheckpoint } from '../../distill/checkpoint.ts';
import { fileStates } from '../../images/file-states.ts';
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
import { findDataset, freezeDataset, requireSameImages } from './frozen-dataset.ts';
import type { ProjectDataset } from './frozen-dataset.ts';
import { runDataText } from '../../../text/index.ts';

/**
 * Returns the data of a run, frozen at its start: labels and images added later affect only later runs, because the
 * run could not continue from its checkpoint with other data. Files whose content has changed since import are left
 * out and reported. The first run freezes the test set.
 *
 * @param folder folder of the run
 * @throws UserError if there is not enough training data, or the frozen data is missing
 */
export async function runDataset(
  store: Store,
  project: Project,
  run: number,
  folder: string,
): Promise<ProjectDataset> {
  const kept = await findDataset(store, project.id, folder);
  if (kept) {
    if (await hasCheckpoint(folder)) await requireSameImages(store, project.id, kept);
    return kept;
  }
  const images = [...store.images.all(project.id)];
  const states = await fileStates(images, store.importFiles.inodes(project.id));
  const whole = projectDataset(
    store,
    project,
    new Map(images.map(({ path }, index) => [path, states[index] ?? 'same'])),
  );
  store.testSets.freeze(project.id, run, whole.testSet);
  await freezeDataset(store, folder, whole);
  return whole;
}

/** Data that a run would use now, with its split. */
export interface DividedDataset extends ProjectDataset {
  readonly testSet: NewTestSet;
  /** Notes for the user before the run begins. */
  readonly notes: readonly string[];
}

/**
 * Divides a project's images: held out is its frozen test set or, before the first run, the images marked as test
 * images or else a seeded fifth of the labelled ones, whole groups at a time. All others are used for distillation,
 * and the labelled among them train the head. Images that share a group with a marked one are left out and reported,
 * because no patient or scene may be on both sides. Test images of classes without training images are left out.
 *
 * @param states states of the files, if they were checked: changed files are left out
 * @throws UserError 'invalid-labels' with what is missing
 */
export function projectDataset(
  store: Store,
  project: Project,
  states: ReadonlyMap<string, FileState> = new Map<string, FileState>(),
): DividedDataset {
  const task = classificationOf(project);
  const changed: ImageProblem[] = [];
  const names = new Map(project.classes.map(({ id, name }) => [id, name]));
  const ids = new Map<string, number>();
  const rows: DecidedRow[] = [];
  const given = new Map<number, string>();
  for (const image of store.images.all(project.id)) {
    const place = placeName(image);
    if (ids.has(place)) continue;
    const problem = changedProblem(image, states);
    if (problem) {
      changed.push(problem);
      continue;
    }
    ids.set(place, image.id);
    const labels = image.classes.flatMap((id) => names.get(id) ?? []);
    given.set(image.id, image.classes.join('+'));
    const { assigned, drawn } = image;
    rows.push({ row: datasetRow(image, labels, states), assigned, drawn });
  }
  const division = divideRows(rows, store.testSets.state(project.id));
  const { tested, rest: distilled, shared } = division;
  const learnt = distilled.filter(({ isLabelled }) => isLabelled);
  const classes = [...new Set(learnt.flatMap(({ labels }) => labels))].sort(compareCodePoints);
  const measured = tested.filter(({ labels }) => labels.every((label) => classes.includes(label)));
  const all = rows.map(({ row }) => row);
  if (learnt.length === 0 && tested.length > 0) {
    throw new UserError('invalid-labels', runDataText.onlyTestImages(project.name));
  }
  requireEnough(project, classes, measured, all);
  const members = measured.map(({ key = 0 }) => [key, given.get(key) ?? ''] as const);
  const marked = rows.filter(({ assigned }) => assigned === 'test').map(({ row }) => row);
  return {
    testSet: testSetOf(rows, division, members),
    notes: spanningNote(division.spanning),
    ids,
    dataset: {
      origin: project.name,
      classes,
      task,
      distilled,
      tested: measured,
      problems: [...changed, ...sharedProblems(marked, shared)],
    },
  };
}

function classificationOf({ name, task }: Project): ClassificationTask {
  if (task !== 'segmentation') return task;
  throw new Error(`expected a project for classes, got ${name} for segmentation`);
}

function requireEnough(
  { name, task }: Project,
  classes: readonly string[],
  tested: readonly LabelledImage[],
  all: readonly LabelledImage[],
): void {
  const needed = task === 'single' ? 2 : 1;
  if (classes.length < needed) {
    throw new UserError(
      'invalid-labels',
      classes.length === 0
        ? runDataText.noClassLabelled(name, needed)
        : runDataText.oneClassLabelled(name),
    );
  }
  if (tested.length === 0) {
    const groups = new Set(all.filter(({ isLabelled }) => isLabelled).map(({ group }) => group));
    if (groups.size === 1 && !groups.has(undefined)) {
      throw new UserError('invalid-labels', runDataText.oneGroupLabelled(name));
    }
    throw new UserError('invalid-labels', runDataText.tooFewLabelled(name));
  }
}
