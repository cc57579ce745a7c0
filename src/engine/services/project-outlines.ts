import type { Project } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../formats/labelled-images.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';
import type { KeptOutlines } from '../segmentation/kept-outlines.ts';
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

/** Fewer test images give figures that mean little. */
const fewTested = 5;

/** What a run that outlines learns from. */
export interface ProjectOutlines {
  readonly dataset: Omit<KeptOutlines, 'masks'>;
  /** Which image each is, by `placeName`. */
  readonly ids: ReadonlyMap<string, number>;
  /** The project's class that each value from 1 stands for. */
  readonly classIds: readonly number[];
  readonly testSet: NewTestSet;
  /** What a person should know before it begins. */
  readonly notes: readonly string[];
}

/**
 * What the images of a project whose regions are outlined are for: as `projectDataset`, by masks that were marked as
 * done. All others but test images are distilled on without a mask. Classes that no mask to learn from shows are left
 * out, and nothing is measured where a test image shows one.
 *
 * @param smallest side that an image must have, px: the teacher's patches
 * @param states of the files, where they were looked at: what has changed is left out
 * @throws UserError 'invalid-labels' with what is missing
 */
export function projectOutlines(
  store: Store,
  project: Project,
  smallest: number,
  states: ReadonlyMap<string, FileState> = new Map<string, FileState>(),
): ProjectOutlines {
  if (project.classes.every(({ maskValue }) => maskValue === null)) {
    throw new UserError(
      'invalid-labels',
      `${project.name} has no classes to outline yet. Add at least one, and outline it in some images.`,
    );
  }
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
    const { said, drawn } = image;
    rows.push({ row: datasetRow(image, [], states), said, drawn });
  }
  const division = divideRows(rows, store.testSets.state(project.id));
  const { tested, rest: distilled, shared } = division;
  const learnt = distilled.filter(({ isLabelled }) => isLabelled);
  const all = rows.map(({ row }) => row);
  requireOutlined(project, learnt.length, tested.length, all);
  const shown = valuesShown(store, learnt, ids);
  const classes = project.classes.filter(({ maskValue }) => shown.has(maskValue ?? 0));
  if (classes.length === 0) throw onlyBackground(project, learnt.length);
  const testedValues = valuesShown(store, tested, ids);
  const unseen = {
    learnt: project.classes.filter((one) => !classes.includes(one)).map(({ name }) => name),
    tested: classes
      .filter(({ maskValue }) => !testedValues.has(maskValue ?? 0))
      .map(({ name }) => name),
  };
  const members = tested.map(({ key = 0 }) => {
    const revision = store.masks.get(key, 'human')?.revision ?? 0;
    return [key, `mask ${revision}`] as const;
  });
  const marked = rows.filter(({ said }) => said === 'test').map(({ row }) => row);
  return {
    ids,
    testSet: testSetOf(rows, division, members),
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

function smallProblem(image: StoredImage, smallest: number): ImageProblem | undefined {
  const { width, height } = image;
  if (width >= smallest && height >= smallest) return undefined;
  return {
    path: placeName(image),
    reason: `it has ${width} × ${height} pixels, and the teacher's patches alone have ${smallest} × ${smallest}`,
  };
}

/** Values of masks that some of these images show. */
function valuesShown(
  store: Store,
  images: readonly LabelledImage[],
  ids: ReadonlyMap<string, number>,
): Set<number> {
  const shown = new Set<number>();
  for (const image of images) {
    const mask = store.masks.get(ids.get(placeName(image)) ?? 0, 'human');
    for (const { value } of mask?.histogram ?? []) shown.add(value);
  }
  return shown;
}

/** @throws UserError 'invalid-labels' */
function requireOutlined(
  { name, drafts }: Project,
  learnt: number,
  tested: number,
  all: readonly LabelledImage[],
): void {
  if (learnt > 0 && tested > 0) return;
  const done = all.filter(({ isLabelled }) => isLabelled);
  const groups = new Set(done.map(({ group }) => group));
  if (done.length > 1 && groups.size === 1 && !groups.has(undefined)) {
    throw new UserError('invalid-labels', oneGroup(name, 'outlined'));
  }
  const marked = learnt === 0 && tested > 0 ? `, all of them test images or of their groups` : '';
  const count = done.length === 1 ? '1 image' : `${done.length} images`;
  const begun = drafts === 1 ? 'One mask is' : `${drafts} masks are`;
  throw new UserError(
    'invalid-labels',
    `${name} has ${count} whose mask is done${marked}. At least two are needed: one to learn from and one to measure on. ${drafts > 0 ? `${begun} begun and not marked as done.` : 'Outline more, and mark them as done.'}`,
  );
}

function onlyBackground({ name }: Project, learnt: number): UserError {
  const what =
    learnt === 1 ? 'The one mask to learn from shows' : `The ${learnt} masks to learn from show`;
  return new UserError(
    'invalid-labels',
    `${what} nothing but background in ${name}. Outline something in them, or mark others as done.`,
  );
}

/**
 * @param unseen classes that no mask to learn from shows, and of those that are learnt, those that no test mask shows
 * @param classes that are learnt
 */
function notesOf(
  unseen: { readonly learnt: readonly string[]; readonly tested: readonly string[] },
  classes: number,
  tested: number,
  small: number,
): string[] {
  const notes: string[] = [];
  if (unseen.learnt.length > 0) {
    const what = unseen.learnt.length === 1 ? 'it' : 'them';
    notes.push(
      `No mask to learn from shows ${unseen.learnt.join(', ')}, so the student will not find ${what}.`,
    );
  }
  if (unseen.tested.length === classes) {
    notes.push(
      'No test image shows any class, so nothing can be said of how good the student is. Hold out images that show what it should find.',
    );
  } else if (unseen.tested.length > 0) {
    const what = unseen.tested.length === 1 ? 'it' : 'them';
    notes.push(
      `No test image shows ${unseen.tested.join(', ')}, so how well the student finds ${what} cannot be told.`,
    );
  }
  if (tested < fewTested) {
    const count = tested === 1 ? 'one image' : `${tested} images`;
    notes.push(
      `The student is measured on ${count} only, so its figures say little. Outline more.`,
    );
  }
  if (small > 0) {
    const count = small === 1 ? 'One image is' : `${small} images are`;
    notes.push(`${count} smaller than a patch of the teacher, and left out.`);
  }
  return notes;
}
