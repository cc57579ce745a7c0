import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectTask } from '../../contract/app.ts';
import type { Project } from '../../contract/app.ts';
import { skippedImage } from '../../contract/jobs.ts';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { UserError } from '../../core/errors.ts';
import { mapConcurrently } from '../../formats/concurrently.ts';
import { parseJson } from '../../formats/json.ts';
import type { ImageProblem, LabelledImage } from '../../formats/labelled-images.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';
import { holdOutShare, separateGroups } from '../dataset.ts';
import type { Dataset } from '../dataset.ts';

const placedImage = z
  .strictObject({
    path: z.string(),
    name: z.string(),
    labels: z.array(z.string()),
    isLabelled: z.boolean(),
    group: z.string().optional(),
  })
  // JSON leaves out what is undefined.
  .transform((image) => ({ ...image, group: image.group, split: undefined }));

/** As it is kept with a run. */
const keptDataset = z.strictObject({
  ids: z.array(z.tuple([z.string(), z.number()])),
  origin: z.string(),
  classes: z.array(z.string()),
  task: projectTask,
  distilled: z.array(placedImage),
  tested: z.array(placedImage),
  problems: z.array(skippedImage),
});

/** A project's images as a distillation takes them, and which image each path is. */
export interface ProjectDataset {
  readonly dataset: Dataset;
  readonly ids: ReadonlyMap<string, number>;
}

/**
 * What a run learns from, as it was when the run began: labelling on meanwhile, or adding images, changes
 * later runs and not this one, which could not go on from its checkpoint with others. Files whose
 * content is no longer what came in are left out and told of.
 *
 * @param folder the run's
 */
export async function runDataset(
  store: Store,
  project: Project,
  seed: number,
  folder: string,
): Promise<ProjectDataset> {
  const file = join(folder, 'dataset.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const parsed = keptDataset.safeParse(parseJson(kept));
  if (parsed.success) {
    const { ids, ...dataset } = parsed.data;
    return { ids: new Map(ids), dataset };
  }
  const changed = await changedFiles([...store.images.all(project.id)]);
  const whole = projectDataset(store, project, seed, changed);
  await makeFolder(folder, store.folder);
  const text = JSON.stringify({ ids: [...whole.ids], ...whole.dataset });
  await writeFileAtomically(file, new TextEncoder().encode(text));
  return whole;
}

/** Files that hold something else than when they came in; whether they can be read shows later. */
async function changedFiles(images: readonly StoredImage[]): Promise<ImageProblem[]> {
  const problems = await mapConcurrently(images, 16, async ({ path, bytes, modified, sha256 }) => {
    const found = await stat(path).catch(() => undefined);
    if (!found || (found.size === bytes && Math.round(found.mtimeMs) === modified)) return [];
    const content = await readFile(path).catch(() => undefined);
    if (!content || createHash('sha256').update(content).digest().equals(sha256)) return [];
    const reason = `${path} has changed since it came in. Add its folder again.`;
    return [{ path, reason }];
  });
  return problems.flat();
}

/**
 * What a project's images are for: those marked as test images are held out, or a seeded fifth of the
 * labelled ones, whole groups at a time; all others are distilled on, and the labelled among them train
 * the head. Others of a marked image's group are left out and told of, since no patient or scene may be on
 * both sides. Test images of classes that nothing is learnt of are left out.
 *
 * @param changed files to leave out, with the reason
 * @throws UserError 'invalid-labels' with what is missing
 */
export function projectDataset(
  store: Store,
  project: Project,
  seed: number,
  changed: readonly ImageProblem[] = [],
): ProjectDataset {
  const without = new Set(changed.map(({ path }) => path));
  const names = new Map(project.classes.map(({ id, name }) => [id, name]));
  const ids = new Map<string, number>();
  const marked: LabelledImage[] = [];
  const others: LabelledImage[] = [];
  for (const image of store.images.all(project.id)) {
    if (without.has(image.path) || ids.has(image.path)) continue;
    ids.set(image.path, image.id);
    const labels = image.classes.flatMap((id) => names.get(id) ?? []);
    const { path, isLabelled, group } = image;
    const name = `${image.folder}/${image.name}`;
    const row = { path, name, labels, isLabelled, group, split: undefined };
    (image.isTest ? marked : others).push(row);
  }
  const { tested, distilled, problems } = holdOut(marked, others, seed);
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
      problems: [...changed, ...problems],
    },
  };
}

function holdOut(
  marked: readonly LabelledImage[],
  others: readonly LabelledImage[],
  seed: number,
): { tested: LabelledImage[]; distilled: LabelledImage[]; problems: ImageProblem[] } {
  const labelledTest = marked.filter(({ isLabelled }) => isLabelled);
  if (labelledTest.length === 0) {
    const { rest, tested } = holdOutShare(others, seed);
    return { tested, distilled: rest, problems: [] };
  }
  const { apart, shared } = separateGroups(others, labelledTest);
  const problems = shared.map(({ path, group }) => ({
    path,
    reason: `others of its group “${group}” are test images, so it was not learnt from`,
  }));
  return { tested: labelledTest, distilled: apart, problems };
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
