import { freemem } from 'node:os';
import { resolve } from 'node:path';
import type { EvaluateRequest } from '../../../contract/jobs.ts';
import type { MaskCard } from '../../../contract/model-card.ts';
import type { EvaluateSummary } from '../../../contract/results.ts';
import { UserError } from '../../../core/errors.ts';
import { preparationOf } from '../../../core/image/preparation.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { PhaseProgress } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import { rasterBudget } from '../../devices/memory-budget.ts';
import type { OpenModel } from '../../models/model-file.ts';
import { requireTolerance, toleranceOf } from './border-tolerance.ts';
import { openFolderMasks } from './data/folder-masks.ts';
import type { FolderMasks } from './data/folder-masks.ts';
import { translated, classValueTable } from './data/mask-classes.ts';
import { maskQuality, measureImages } from './measure-masks.ts';
import { OpenImages } from '../../images/open-images.ts';
import { openMaskFor, withMask } from './data/open-dataset.ts';
import { noteUnseen, openMaskedImages } from './data/masked-image.ts';
import type { MaskedImage } from './data/masked-image.ts';
import { maskClasses, timed, tileModel } from './predict/tile-model.ts';
import { segmentationText } from '../../../text/index.ts';

/**
 * Measures an exported student on images with masks, with classes matched by name.
 *
 * @throws UserError if there are no masks, or none that fits, and 'cancelled'
 */
export async function evaluateSegmentation(
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
    const maskedImages = await maskedImagesOf(folder, card, request, { images, problems }, context);
    const tolerance = toleranceOf(request);
    requireTolerance(maskedImages, tolerance);
    const model = timed(tileModel(graph, card.preprocessing, card.classes.length));
    const classes = maskClasses(card);
    const progress = new PhaseProgress(context, 'predict', maskedImages.length);
    let done = 0;
    const measured = await measureImages(
      model,
      maskedImages,
      images,
      {
        classes,
        overlap: card.masks.overlap,
        tolerance,
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
      images: maskedImages.length,
      msPerImage: model.msPerTile(),
      skipped: problems,
    };
  } finally {
    await folder.source.close();
    await images.close();
  }
}

async function maskedImagesOf(
  folder: FolderMasks,
  card: MaskCard,
  { images: origin, model, seed }: EvaluateRequest,
  { images, problems }: { readonly images: OpenImages; readonly problems: ImageProblem[] },
  context: JobContext,
): Promise<MaskedImage[]> {
  const classes = maskClasses(card);
  const table = classValueTable(folder, classes, model);
  const unfit: ImageProblem[] = [];
  const outlined = await withMask(folder, unfit, context);
  for (const problem of unfit) context.report({ type: 'skipped', ...problem });
  for (const problem of unfit) problems.push(problem);
  const openMask: Parameters<typeof openMaskedImages>[1]['openMask'] = async (image) =>
    translated(await openMaskFor(folder, image), table, classes);
  const maskedImages = await openMaskedImages(
    [...outlined],
    { classes, openMask },
    { images, smallest: card.masks.patchSize, seed, problems },
    context,
  );
  if (maskedImages.length > 0) {
    noteUnseen('tested', classes, maskedImages, context);
    return maskedImages;
  }
  throw new UserError('invalid-labels', segmentationText.noneToEvaluate(origin, problems[0]));
}
