import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelCard } from '../contract/model-card.ts';
import type { PredictRequest } from '../contract/jobs.ts';
import type { PredictSummary } from '../contract/results.ts';
import { UserError } from '../core/errors.ts';
import { expandFrames, noSecret } from '../formats/frames.ts';
import { findImages } from '../formats/image-folder.ts';
import { answersOf } from '../core/metrics/labels.ts';
import { noneOfThem } from '../formats/label-rows.ts';
import type { ImageProblem } from '../formats/labelled-images.ts';
import { makeFolder } from '../formats/make-folder.ts';
import { writeFileAtomically } from '../formats/write-file.ts';
import { readResult } from '../runtime/executor.ts';
import { openExecutor } from './devices.ts';
import { readBatches } from './inference.ts';
import { PhaseProgress } from './job.ts';
import type { JobContext } from './job.ts';
import { openModel } from './model-file.ts';

/** Answers for a folder of images, as a table `predictions.csv`. */
export async function predict(
  request: PredictRequest,
  context: JobContext,
): Promise<PredictSummary> {
  const out = resolve(request.out);
  const { card, form, graph } = await openModel(
    request.model,
    openExecutor('cpu', request.threads),
  );
  try {
    const problems: ImageProblem[] = [];
    const found = await findImages(request.images, {}, context.signal, ({ kind, ...problem }) => {
      if (kind === 'skipped') problems.push(problem);
    });
    const passedOver = problems.length;
    const images = await expandFrames(found, { secret: noSecret, signal: context.signal });
    const file = join(out, 'predictions.csv');
    await makeFolder(out);
    await requireNoFolder(file);
    const counts = new Map(card.classes.map((name) => [name, 0]));
    const lines = [csvLine(['path', 'prediction', 'confidence', ...card.classes])];
    const progress = new PhaseProgress(context, 'predict', images.length);
    const start = performance.now();
    let done = 0;
    for await (const batch of readBatches(images, form, problems, context)) {
      const { data } = await readResult(await graph.run({ image: batch.pixels }), 'probabilities');
      const size = card.classes.length;
      batch.images.forEach(({ name }, row) => {
        const answer = answerOf(data.subarray(row * size, (row + 1) * size), card);
        for (const label of answer.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
        lines.push(
          csvLine([
            name,
            answer.labels.join('|') || noneOfThem,
            answer.confidence,
            ...answer.shares,
          ]),
        );
      });
      done += batch.images.length;
      progress.advance(done + problems.length - passedOver);
    }
    if (done === 0) {
      throw new UserError('no-images', `${request.images}: none of the images could be read.`);
    }
    await writeFileAtomically(file, new TextEncoder().encode(lines.join('')));
    return {
      model: resolve(request.model),
      images: done,
      counts: Object.fromEntries(counts),
      imagesPerSecond: (1000 * done) / (performance.now() - start),
      skipped: problems,
      files: [file],
    };
  } finally {
    await graph.dispose();
  }
}

function answerOf(
  probabilities: Float32Array,
  { classes, task }: ModelCard,
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

/** One row by RFC 4180. */
function csvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) =>
    /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(',')}\r\n`;
}
