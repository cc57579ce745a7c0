import { resolve } from 'node:path';
import type { EvaluateRequest } from '../../../contract/jobs.ts';
import type { ClassCard } from '../../../contract/model-card.ts';
import type { EvaluateSummary } from '../../../contract/results.ts';
import { UserError } from '../../../core/errors.ts';
import { classificationReport } from '../../../core/metrics/classification.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { readFinite } from '../../../runtime/executor.ts';
import { qualityOf } from './comparison.ts';
import { labelIndices, readFolderLabels, requireOneLabel } from '../../images/dataset.ts';
import { readBatches, stackRows } from '../../models/inference.ts';
import { PhaseProgress } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import type { OpenModel } from '../../models/model-file.ts';
import { labelledImagesText, readingImagesText, segmentationText } from '../../../text/index.ts';

/**
 * Measures an exported student on labelled images, with classes matched by name.
 *
 * @throws UserError if there are no labels, or an option does not apply, and 'cancelled'
 */
export async function evaluateClasses(
  { card, form, graph }: OpenModel<ClassCard>,
  request: EvaluateRequest,
  context: JobContext,
): Promise<EvaluateSummary> {
  refuseMaskOptions(request);
  const all = await readFolderLabels(request.images, request.labels);
  const problems: ImageProblem[] = [...all.problems];
  for (const problem of problems) context.report({ type: 'skipped', ...problem });
  const labelled = all.images.filter(({ isLabelled }) => isLabelled);
  if (labelled.length === 0) {
    throw new UserError(
      'invalid-labels',
      labelledImagesText.noneLabelled(request.images, all.images.length, card.classes),
    );
  }
  if (card.task === 'single') requireOneLabel(labelled);
  for (const image of labelled) labelIndices(image, card.classes, request.model);
  const progress = new PhaseProgress(context, 'predict', labelled.length);
  const probabilities: Tensor[] = [];
  const truth: number[][] = [];
  let milliseconds = 0;
  for await (const { images, pixels } of readBatches(labelled, form, problems, context)) {
    const start = performance.now();
    const results = await graph.run({ image: pixels });
    milliseconds += performance.now() - start;
    probabilities.push(await readFinite(results, 'probabilities'));
    truth.push(...images.map((image) => labelIndices(image, card.classes, request.model)));
    progress.advance(truth.length);
  }
  if (truth.length === 0) {
    throw new UserError('no-images', readingImagesText.noneLabelledIn(request.images));
  }
  const report = classificationReport({
    probabilities: stackRows(probabilities),
    truth,
    task: card.task,
    seed: request.seed,
  });
  return {
    task: card.task,
    model: resolve(request.model),
    ...qualityOf(report),
    classes: card.classes,
    images: truth.length,
    msPerImage: milliseconds / truth.length,
    skipped: problems,
  };
}

/** @throws UserError 'invalid-option' for options of segmentation */
function refuseMaskOptions({ model, labels, tolerance, toleranceUnit }: EvaluateRequest): void {
  const hasTolerance = tolerance !== undefined || toleranceUnit !== undefined;
  if (!hasTolerance && labels !== 'masks') return;
  throw new UserError('invalid-option', segmentationText.masksNotUsed(model));
}
