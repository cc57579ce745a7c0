import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import { mapConcurrently } from '../../../formats/files/concurrently.ts';
import { idOf } from '../../../formats/labels/labelled-images.ts';
import { withImage } from '../../../formats/open-images.ts';
import type { PixelSpacing } from '../../../formats/raster/image-file.ts';
import type { Store } from '../../../store/store.ts';
import { requireTolerance, toleranceOf } from '../../tasks/segmentation/border-tolerance.ts';
import type { SegmentationOutcome } from '../../tasks/segmentation/segmentation-students.ts';
import { dropMasks, frozenSegmentation, valuesNow } from './frozen-segmentation.ts';
import type { FrozenSegmentation } from './frozen-segmentation.ts';
import { projectSegmentation } from './project-segmentation.ts';
import type { ProjectSegmentation } from './project-segmentation.ts';
import { endRun, wrongTask } from './run-task.ts';
import type { BegunRun, RunTask } from './run-task.ts';
import { storePredicted } from './store-predicted.ts';

/** Headers read concurrently. */
const headersAtOnce = 8;

/** Runs of segmentation projects. */
export const segmentationRuns: RunTask = {
  async check(store, project, patchSize) {
    const outlines = projectSegmentation(store, project, patchSize);
    await requireLengths(store, project, outlines);
    return outlines.notes;
  },
  options: ({ decoderSteps, adapt, overlap, tolerance, toleranceUnit }) => ({
    decoderSteps,
    adapt,
    overlap,
    tolerance,
    toleranceUnit,
  }),
  async input(begun, signal) {
    const { store, project, run, folder, patchSize } = begun;
    const request = { run: run.id, folder, smallest: patchSize };
    const outlines = await frozenSegmentation(store, project, request, signal);
    const masksFolder = join(folder, 'predicted');
    return {
      ids: outlines.ids,
      data: { task: 'segmentation', dataset: outlines.dataset, masksFolder },
      async keep(outcome) {
        if (outcome.task !== 'segmentation') throw wrongTask();
        await keepMasks(begun, outcome, outlines, signal);
        await rm(masksFolder, { recursive: true, force: true });
        await dropMasks(folder);
      },
    };
  },
};

async function keepMasks(
  { store, project, run }: BegunRun,
  { summary, masks }: SegmentationOutcome,
  { ids, classIds }: FrozenSegmentation,
  signal: AbortSignal,
): Promise<void> {
  const table = valuesNow(store, project.id, classIds);
  for (const { path, ...files } of masks) {
    const image = ids.get(path);
    if (image === undefined) continue;
    for (const layer of ['teacher', 'copy', 'student'] as const) {
      await storePredicted(store, { image, layer, run: run.id }, files[layer], table, signal);
    }
  }
  store.transaction(() => {
    const dices = dicesOf(summary, ids);
    store.records.replaceMasks(run.id, dices);
    endRun(store, run.id, summary, dices);
  });
}

function dicesOf(
  { perImage }: SegmentationOutcome['summary'],
  ids: ReadonlyMap<string, number>,
): Parameters<Store['records']['replaceMasks']>[1] {
  return perImage.flatMap(({ path, teacher, copy, student }) => {
    const image = ids.get(path);
    return image === undefined ? [] : [{ image, teacher, copy, student }];
  });
}

/**
 * Checks that test images state their pixel size if the tolerance is a length. Unreadable images are reported
 * elsewhere.
 *
 * @throws UserError as `requireTolerance`
 */
async function requireLengths(
  store: Store,
  { settings }: Project,
  { dataset, ids }: ProjectSegmentation,
): Promise<void> {
  if (settings.toleranceUnit === 'px') return;
  const paths = [...new Set(dataset.tested.map(({ path }) => path))];
  const spacings = new Map<string, PixelSpacing | null>();
  await mapConcurrently(paths, headersAtOnce, async (path) => {
    const spacing = await spacingOf(path);
    if (spacing !== undefined) spacings.set(path, spacing);
  });
  const measured = dataset.tested.flatMap((image) => {
    const spacing = spacings.get(image.path);
    if (spacing === undefined) return [];
    const { width, height } = store.images.get(idOf(ids, image));
    return [{ image, spacing, width, height }];
  });
  requireTolerance(measured, toleranceOf(settings));
}

async function spacingOf(path: string): Promise<PixelSpacing | null | undefined> {
  try {
    return await withImage(path, ({ header }) => Promise.resolve(header.spacing));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
