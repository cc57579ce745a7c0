import { resolve } from 'node:path';
import type { EvaluateRequest } from '../contract/jobs.ts';
import type { ClassCard } from '../contract/model-card.ts';
import type { EvaluateSummary } from '../contract/results.ts';
import { UserError } from '../core/errors.ts';
import { classificationReport } from '../core/metrics/classification.ts';
import type { Tensor } from '../core/tensor.ts';
import type { ImageProblem } from '../formats/labelled-images.ts';
import { readFinite } from '../runtime/executor.ts';
import { qualityOf } from './comparison.ts';
import { labelIndices, readLabels, requireOneLabel } from './dataset.ts';
import { openFileExecutor } from './devices/open-executor.ts';
import { withProcessorBehind } from './devices/processor-behind.ts';
import { readBatches, stackRows } from './inference.ts';
import { PhaseProgress } from './job.ts';
import type { JobContext } from './job.ts';
import { openModel } from './model-file.ts';
import type { OpenModel } from './model-file.ts';
import { evaluateOutlines } from './segmentation/evaluate-outlines.ts';

/**
 * Measures an exported student on labelled images.
 *
 * @throws UserError where the model or the images cannot be used, 'invalid-option', and 'cancelled'
 */
export async function evaluateModel(
  request: EvaluateRequest,
  context: JobContext,
): Promise<EvaluateSummary> {
  return withProcessorBehind(request.device, context, async (device) => {
    const executor = openFileExecutor(request.threads, device);
    const { card, ...model } = await openModel(request.model, executor);
    try {
      return card.task === 'segmentation'
        ? await evaluateOutlines({ card, ...model }, request, context)
        : await evaluateClasses({ card, ...model }, request, context);
    } finally {
      await model.graph.dispose();
    }
  });
}

async function evaluateClasses(
  { card, form, graph }: OpenModel<ClassCard>,
  request: EvaluateRequest,
  context: JobContext,
): Promise<EvaluateSummary> {
  refuseMaskOptions(request);
  const all = await readLabels(request.images, request.labels);
  const problems: ImageProblem[] = [...all.problems];
  for (const problem of problems) context.report({ type: 'skipped', ...problem });
  const labelled = all.images.filter(({ isLabelled }) => isLabelled);
  if (labelled.length === 0) {
    throw new UserError(
      'invalid-labels',
      `${request.images}: none of the ${all.images.length} images is labelled. Put them into folders named ${card.classes.join(', ')}, or give a CSV file with --labels.`,
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
    throw new UserError('no-images', `${request.images}: no labelled image could be read.`);
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

/** @throws UserError 'invalid-option' for what only masks have */
function refuseMaskOptions({ model, labels, tolerance, toleranceUnit }: EvaluateRequest): void {
  const hasTolerance = tolerance !== undefined || toleranceUnit !== undefined;
  if (!hasTolerance && labels !== 'masks') return;
  throw new UserError(
    'invalid-option',
    `${model} names classes and outlines nothing, so --tolerance and --labels masks do not apply. Leave them out.`,
  );
}
