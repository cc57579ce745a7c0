import type { Project } from '../../contract/app.ts';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { splitByGroup } from '../../core/dataset/split.ts';
import { UserError } from '../../core/errors.ts';
import type { LabelledImage } from '../../formats/labelled-images.ts';
import type { Store } from '../../store/store.ts';
import type { Dataset } from '../dataset.ts';

/** A project's images as a distillation takes them, and which image each path is. */
export interface ProjectDataset {
  readonly dataset: Dataset;
  readonly ids: ReadonlyMap<string, number>;
}

/** Share of the labelled images that is held out where none was marked as a test image. */
const heldOut = 0.2;

/**
 * What a project's images are for: those marked as test images are held out, or a seeded fifth of the
 * labelled ones, whole groups at a time; all others are distilled on, and the labelled among them train
 * the head. Test images of classes that nothing is learnt of are left out.
 *
 * @throws UserError 'invalid-labels' with what is missing
 */
export function projectDataset(store: Store, project: Project, seed: number): ProjectDataset {
  const names = new Map(project.classes.map(({ id, name }) => [id, name]));
  const ids = new Map<string, number>();
  const marked: LabelledImage[] = [];
  const others: LabelledImage[] = [];
  for (const image of store.images.all(project.id)) {
    ids.set(image.path, image.id);
    const labels = image.classes.flatMap((id) => names.get(id) ?? []);
    const { path, isLabelled, group } = image;
    const name = `${image.folder}/${image.name}`;
    const row = { path, name, labels, isLabelled, group, split: undefined };
    (image.isTest ? marked : others).push(row);
  }
  const { tested, distilled } = holdOut(marked, others, seed);
  const learnt = distilled.filter(({ isLabelled }) => isLabelled);
  const classes = [...new Set(learnt.flatMap(({ labels }) => labels))].sort(compareCodePoints);
  const measured = tested.filter(({ labels }) => labels.every((label) => classes.includes(label)));
  requireEnough(project, classes, measured);
  return {
    ids,
    dataset: {
      origin: project.name,
      classes,
      task: project.task,
      distilled,
      tested: measured,
      problems: [],
    },
  };
}

function holdOut(
  marked: readonly LabelledImage[],
  others: readonly LabelledImage[],
  seed: number,
): { tested: LabelledImage[]; distilled: LabelledImage[] } {
  const labelledTest = marked.filter(({ isLabelled }) => isLabelled);
  if (labelledTest.length > 0) return { tested: labelledTest, distilled: [...others] };
  const labelled = others.filter(({ isLabelled }) => isLabelled);
  const { test } = splitByGroup(labelled, heldOut, seed);
  const held = new Set(test);
  // An unlabelled image of a held-out patient or scene must not be seen either.
  const groups = new Set(test.flatMap(({ group }) => group ?? []));
  const distilled = others.filter(
    (image) => !held.has(image) && !(image.group !== undefined && groups.has(image.group)),
  );
  return { tested: test, distilled };
}

function requireEnough(
  { name, task }: Project,
  classes: readonly string[],
  tested: readonly LabelledImage[],
): void {
  const needed = task === 'single' ? 2 : 1;
  if (classes.length < needed) {
    throw new UserError(
      'invalid-labels',
      `${name} has labelled images of ${classes.length === 0 ? 'no class' : 'one class'} to learn from. Label some of at least ${needed === 1 ? 'one class' : 'two classes'}.`,
    );
  }
  if (tested.length === 0) {
    throw new UserError(
      'invalid-labels',
      `${name} has too few labelled images, or too few groups, to learn from some and measure on others. Label more.`,
    );
  }
}
