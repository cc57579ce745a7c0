import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PredictRequest } from '../../../contract/jobs.ts';
import type { ClassCard } from '../../../contract/model-card.ts';
import type { PredictSummary } from '../../../contract/results.ts';
import { UserError } from '../../../core/errors.ts';
import { predictedClasses } from '../../../core/metrics/labels.ts';
import { csvText } from '../../../formats/labels/csv-text.ts';
import { labelCell } from '../../../formats/labels/label-rows.ts';
import { makeFolder } from '../../../formats/files/make-folder.ts';
import { writeFileAtomically } from '../../../formats/files/write-file.ts';
import { readFinite } from '../../../runtime/executor.ts';
import { clearUnfinished } from '../../files/output-folder.ts';
import type { FoundToPredict } from '../../images/dataset.ts';
import { PhaseProgress } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import { readBatches } from '../../models/inference.ts';
import type { OpenModel } from '../../models/model-file.ts';
import { predictText, readingImagesText } from '../../../text/index.ts';

/**
 * Writes the table `predictions.csv`: path, prediction, and the probability of each class.
 *
 * @throws UserError 'no-images', 'disk', 'invalid-option' for options of segmentation, and 'cancelled'
 */
export async function predictClasses(
  { card, form, graph }: OpenModel<ClassCard>,
  { images, problems }: FoundToPredict,
  request: PredictRequest,
  context: JobContext,
): Promise<PredictSummary> {
  refuseMaskOptions(request);
  const out = resolve(request.out);
  const passedOver = problems.length;
  const file = join(out, 'predictions.csv');
  await makeFolder(out);
  await requireNoFolder(file);
  await clearUnfinished(out);
  const counts = new Map(card.classes.map((name) => [name, 0]));
  const lines = [csvText([['path', 'prediction', 'confidence', ...card.classes]])];
  const progress = new PhaseProgress(context, 'predict', images.length);
  const start = performance.now();
  let done = 0;
  for await (const batch of readBatches(images, form, problems, context)) {
    const { data } = await readFinite(await graph.run({ image: batch.pixels }), 'probabilities');
    const size = card.classes.length;
    batch.images.forEach(({ name }, row) => {
      const answer = predictionOf(data.subarray(row * size, (row + 1) * size), card);
      for (const label of answer.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
      const { labels, confidence, shares } = answer;
      lines.push(csvText([[name, labelCell(labels), confidence, ...shares]]));
    });
    done += batch.images.length;
    progress.advance(done + problems.length - passedOver);
  }
  if (done === 0) {
    throw new UserError('no-images', readingImagesText.noneIn(request.images));
  }
  await writeFileAtomically(file, new TextEncoder().encode(lines.join('')));
  return {
    task: card.task,
    model: resolve(request.model),
    images: done,
    counts: Object.fromEntries(counts),
    imagesPerSecond: (1000 * done) / (performance.now() - start),
    skipped: problems,
    files: [file],
  };
}

/** @throws UserError 'invalid-option' for options of segmentation */
function refuseMaskOptions({ model, format, simplify, overlap, resume }: PredictRequest): void {
  if (format === undefined && overlap === undefined && simplify === 0 && !resume) return;
  throw new UserError('invalid-option', predictText.masksNotUsed(model));
}

function predictionOf(
  probabilities: Float32Array,
  { classes, task }: ClassCard,
): { labels: string[]; confidence: string; shares: string[] } {
  const largest = Math.max(...probabilities);
  const row = { shape: [1, classes.length], data: probabilities };
  const [chosen = []] = predictedClasses(row, task);
  return {
    labels: chosen.flatMap((index) => classes[index] ?? []),
    confidence: largest.toFixed(4),
    shares: Array.from(probabilities, (value) => value.toFixed(6)),
  };
}

/** Throws if a folder occupies the table's path, before the work rather than after it. */
async function requireNoFolder(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isDirectory()) return;
  throw new UserError('disk', predictText.isFolder(file));
}
