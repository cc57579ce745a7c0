import { stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { ClassCard } from '../contract/model-card.ts';
import type { PredictRequest } from '../contract/jobs.ts';
import type { PredictSummary } from '../contract/results.ts';
import { UserError } from '../core/errors.ts';
import { expandFrames, noSecret } from '../formats/frames.ts';
import { findImages } from '../formats/image-folder.ts';
import { answersOf } from '../core/metrics/labels.ts';
import { csvText } from '../formats/csv-text.ts';
import { labelCell } from '../formats/label-rows.ts';
import type { ImageProblem } from '../formats/labelled-images.ts';
import { maskProblems, separateMasks } from '../formats/mask-folders.ts';
import { makeFolder } from '../formats/make-folder.ts';
import { writeFileAtomically } from '../formats/write-file.ts';
import { readFinite } from '../runtime/executor.ts';
import { openFileExecutor } from './devices/open-executor.ts';
import { withProcessorBehind } from './devices/processor-behind.ts';
import { readBatches } from './inference.ts';
import { PhaseProgress } from './job.ts';
import type { JobContext } from './job.ts';
import { openModel } from './model-file.ts';
import { clearUnfinished } from './output-folder.ts';
import type { OpenModel } from './model-file.ts';
import { predictOutlines } from './segmentation/predict-outlines.ts';
import type { FoundToPredict } from './segmentation/predict-outlines.ts';
import { PredictionJournal } from './segmentation/prediction-journal.ts';

/**
 * Answers for a folder of images: a table `predictions.csv`, and masks where the model outlines regions.
 *
 * @throws UserError where the model or the images cannot be used, 'invalid-option', and 'cancelled'
 */
export async function predict(
  request: PredictRequest,
  context: JobContext,
): Promise<PredictSummary> {
  return withProcessorBehind(request.device, context, async (device, goesOn) => {
    const executor = openFileExecutor(request.threads, device);
    const { card, ...model } = await openModel(request.model, executor);
    try {
      const found = await findToPredict(request, context);
      if (card.task !== 'segmentation') {
        return await predictClasses({ card, ...model }, found, request, context);
      }
      // Masks that are whole need not be made again.
      const going = { ...request, resume: request.resume || goesOn };
      return await predictOutlines({ card, ...model }, found, going, context);
    } finally {
      await model.graph.dispose();
    }
  });
}

/** The images of the folder, slice by slice, and what was left out of it. */
async function findToPredict(
  { images, out }: PredictRequest,
  { signal }: JobContext,
): Promise<FoundToPredict> {
  const problems: ImageProblem[] = [];
  const found = await findImages(images, {}, signal, ({ kind, ...problem }) => {
    if (kind === 'skipped') problems.push(problem);
  });
  const isOwn = await ownFiles(resolve(out), resolve(images));
  const others = found.filter(({ path }) => !isOwn(path));
  const parted = separateMasks(others);
  for (const problem of maskProblems(parted)) problems.push(problem);
  return { images: await expandFrames(parted.images, { secret: noSecret, signal }), problems };
}

/** What was predicted into a folder among the images is none of them when the command is given again. */
async function ownFiles(out: string, images: string): Promise<(path: string) => boolean> {
  if (out !== images) {
    const isAmongImages = `${out}${sep}`.startsWith(images.endsWith(sep) ? images : images + sep);
    return (path) => isAmongImages && path.startsWith(`${out}${sep}`);
  }
  const journal = await PredictionJournal.open(out);
  return (path) => journal.has(relative(out, path).replaceAll(sep, '/'));
}

async function predictClasses(
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
      const answer = answerOf(data.subarray(row * size, (row + 1) * size), card);
      for (const label of answer.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
      const { labels, confidence, shares } = answer;
      lines.push(csvText([[name, labelCell(labels), confidence, ...shares]]));
    });
    done += batch.images.length;
    progress.advance(done + problems.length - passedOver);
  }
  if (done === 0) {
    throw new UserError('no-images', `${request.images}: none of the images could be read.`);
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

/** @throws UserError 'invalid-option' for what only masks have */
function refuseMaskOptions({ model, format, simplify, overlap, resume }: PredictRequest): void {
  if (format === undefined && overlap === undefined && simplify === 0 && !resume) return;
  throw new UserError(
    'invalid-option',
    `${model} names classes and outlines nothing, so --format, --simplify, --overlap and --resume do not apply. Leave them out.`,
  );
}

function answerOf(
  probabilities: Float32Array,
  { classes, task }: ClassCard,
): { labels: string[]; confidence: string; shares: string[] } {
  const largest = Math.max(...probabilities);
  const row = { shape: [1, classes.length], data: probabilities };
  const [chosen = []] = answersOf(row, task);
  return {
    labels: chosen.flatMap((index) => classes[index] ?? []),
    confidence: largest.toFixed(4),
    shares: Array.from(probabilities, (value) => value.toFixed(6)),
  };
}

/** A mistake that should be known before the work, not after it. */
async function requireNoFolder(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isDirectory()) return;
  throw new UserError(
    'disk',
    `${file} is a folder, so no file can be written there. Move it away.`,
  );
}
