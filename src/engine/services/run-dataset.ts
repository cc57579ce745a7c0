import type { Project } from '../../contract/app.ts';
import type { ClassificationTask } from '../../contract/jobs.ts';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { UserError } from '../../core/errors.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../formats/labelled-images.ts';
import type { Store } from '../../store/store.ts';
import { hasCheckpoint } from '../checkpoint.ts';
import { fileStates } from './image-files.ts';
import type { FileState } from './image-files.ts';
import type { NewTestSet } from '../../store/queries/test-sets.ts';
import {
  changedProblem,
  datasetRow,
  divideRows,
  oneGroup,
  sharedProblems,
  spanningNote,
  testSetOf,
} from './dataset-rows.ts';
import type { DecidedRow } from './dataset-rows.ts';
import { findDataset, keepDataset, requireSameImages } from './kept-dataset.ts';
import type { ProjectDataset } from './kept-dataset.ts';

/**
 * What a run learns from, as it was when the run began: labelling on meanwhile, or adding images, changes
 * later runs and not this one, which could not go on from its checkpoint with others. Files whose
 * content is no longer what came in are left out and told of. From the first run on, the test set is frozen.
 *
 * @param folder the run's
 * @throws UserError where there is not enough to learn from, or what the run began with is gone
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
  await keepDataset(store, folder, whole);
  return whole;
}

/** What a run would learn from and measure on now. */
export interface DividedDataset extends ProjectDataset {
  readonly testSet: NewTestSet;
  /** What a person should know before it begins. */
  readonly notes: readonly string[];
}

/**
 * What a project's images are for: its frozen test set is held out, or before the first run those marked as test
 * images, or a seeded fifth of the labelled ones, whole groups at a time; all others are distilled on, and the labelled
 * among them train the head. Others of a marked image's group are left out and told of, since no patient or scene may
 * be on both sides. Test images of classes that nothing is learnt of are left out.
 *
 * @param states of the files, where they were looked at: what has changed is left out
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
    const { said, drawn } = image;
    rows.push({ row: datasetRow(image, labels, states), said, drawn });
  }
  const division = divideRows(rows, store.testSets.state(project.id));
  const { tested, rest: distilled, shared } = division;
  const learnt = distilled.filter(({ isLabelled }) => isLabelled);
  const classes = [...new Set(learnt.flatMap(({ labels }) => labels))].sort(compareCodePoints);
  const measured = tested.filter(({ labels }) => labels.every((label) => classes.includes(label)));
  const all = rows.map(({ row }) => row);
  if (learnt.length === 0 && tested.length > 0) {
    throw new UserError(
      'invalid-labels',
      `All labelled images of ${project.name} are test images, so there is none to learn from. Set some of them to be learnt from in Images, or label others.`,
    );
  }
  requireEnough(project, classes, measured, all);
  const members = measured.map(({ key = 0 }) => [key, given.get(key) ?? ''] as const);
  const marked = rows.filter(({ said }) => said === 'test').map(({ row }) => row);
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
  throw new Error(`in ${name} regions are outlined`);
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
      `${name} has labelled images of ${classes.length === 0 ? 'no class' : 'one class'} to learn from. Label some of at least ${needed === 1 ? 'one class' : 'two classes'}.`,
    );
  }
  if (tested.length === 0) {
    const groups = new Set(all.filter(({ isLabelled }) => isLabelled).map(({ group }) => group));
    if (groups.size === 1 && !groups.has(undefined)) {
      throw new UserError('invalid-labels', oneGroup(name, 'labelled'));
    }
    throw new UserError(
      'invalid-labels',
      `${name} has too few labelled images, or too few groups, to learn from some and measure on others. Label more.`,
    );
  }
}
