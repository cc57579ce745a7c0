import { freemem } from 'node:os';
import { resolve } from 'node:path';
import type { EvaluateRequest } from '../../contract/jobs.ts';
import type { MaskCard } from '../../contract/model-card.ts';
import type { EvaluateSummary } from '../../contract/results.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import { PhaseProgress } from '../job.ts';
import type { JobContext } from '../job.ts';
import { rasterBudget } from '../memory-budget.ts';
import type { OpenModel } from '../model-file.ts';
import { requireTolerance, toleranceOf } from './border-tolerance.ts';
import { openFolderMasks } from './folder-masks.ts';
import type { FolderMasks } from './folder-masks.ts';
import { translated, valuesOf } from './mask-classes.ts';
import { maskQuality, measureScenes } from './measure-masks.ts';
import { OpenImages } from './open-images.ts';
import { maskOf, withMask } from './open-outlines.ts';
import { noteUnseen, openScenes } from './scene.ts';
import type { Scene } from './scene.ts';
import { maskClasses, timed, tileModel } from './tile-model.ts';

/**
 * Measures an exported student on images with masks, whose classes are told by their names.
 *
 * @throws UserError where there are no masks, or none that fits, and 'cancelled'
 */
export async function evaluateOutlines(
  { card, graph }: OpenModel<MaskCard>,
  request: EvaluateRequest,
  context: JobContext,
): Promise<EvaluateSummary> {
  const { preparation } = card.preprocessing;
  const images = new OpenImages(preparationOf(preparation), rasterBudget(freemem()));
  const named = request.class?.split(',') ?? [];
  const folder = await openFolderMasks(request.images, request.labels, context.signal, { named });
  try {
    const problems = [...folder.problems];
    for (const problem of problems) context.report({ type: 'skipped', ...problem });
    const scenes = await scenesOf(folder, card, request, images, problems, context);
    const tolerance = toleranceOf(request);
    requireTolerance(scenes, tolerance);
    const model = timed(tileModel(graph, card.preprocessing, card.classes.length));
    const classes = maskClasses(card);
    const progress = new PhaseProgress(context, 'predict', scenes.length);
    let done = 0;
    const measured = await measureScenes(
      model,
      scenes,
      images,
      {
        ...{ classes, overlap: card.masks.overlap, tolerance },
        signal: context.signal,
      },
      () => {
        progress.advance(++done);
        return Promise.resolve();
      },
    );
    return {
      task: 'segmentation',
      model: resolve(request.model),
      ...maskQuality(measured, classes, request.seed),
      tolerance,
      classes: classes.map(({ name, value }) => name ?? String(value)),
      images: scenes.length,
      msPerImage: model.msPerTile(),
      skipped: problems,
    };
  } finally {
    await folder.source.close();
    await images.close();
  }
}

async function scenesOf(
  folder: FolderMasks,
  card: MaskCard,
  { images: origin, model, seed }: EvaluateRequest,
  images: OpenImages,
  problems: ImageProblem[],
  context: JobContext,
): Promise<Scene[]> {
  const classes = maskClasses(card);
  const table = valuesOf(folder, classes, `${model} does not know`);
  const unfit: ImageProblem[] = [];
  const outlined = await withMask(folder, unfit, context);
  for (const problem of unfit) context.report({ type: 'skipped', ...problem });
  for (const problem of unfit) problems.push(problem);
  const openMask: Parameters<typeof openScenes>[1]['openMask'] = async (image) =>
    translated(await maskOf(folder, image), table, classes);
  const scenes = await openScenes(
    [...outlined],
    { classes, openMask },
    ...([images, card.masks.patchSize, seed, problems, context] as const),
  );
  if (scenes.length > 0) {
    noteUnseen('tested', classes, scenes, context);
    return scenes;
  }
  const [first] = problems;
  const why = first ? ` The first: ${first.path}: ${first.reason}` : '';
  throw new UserError(
    'invalid-labels',
    `${origin}: no image with a mask that fits is left to measure on.${why}`,
  );
}
