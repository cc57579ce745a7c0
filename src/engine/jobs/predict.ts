import { relative, resolve, sep } from 'node:path';
import type { PredictRequest } from '../../contract/jobs.ts';
import type { PredictSummary } from '../../contract/results.ts';
import { expandFrames, noSecret } from '../../formats/frames.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { ImageProblem } from '../../formats/labels/labelled-images.ts';
import { maskProblems, separateMasks } from '../../formats/labels/mask-folders.ts';
import { openFileExecutor } from '../devices/open-executor.ts';
import { withCpuFallback } from '../devices/cpu-fallback.ts';
import type { FoundToPredict } from '../images/dataset.ts';
import type { JobContext } from '../job.ts';
import { openModel } from '../models/model-file.ts';
import { PredictionJournal } from '../tasks/segmentation/predict/prediction-journal.ts';
import { taskOf } from '../tasks/tasks.ts';

/**
 * Predicts a folder of images: a table `predictions.csv`, and masks if the model is for segmentation.
 *
 * @throws UserError if the model or the images are unusable, 'invalid-option', and 'cancelled'
 */
export async function predict(
  request: PredictRequest,
  context: JobContext,
): Promise<PredictSummary> {
  return withCpuFallback(request.device, context, async (device, continues) => {
    const executor = openFileExecutor(request.threads, device);
    const model = await openModel(request.model, executor);
    try {
      const found = await findToPredict(request, context);
      return await taskOf(model.card.task).predict(model, found, request, context, continues);
    } finally {
      await model.graph.dispose();
    }
  });
}

/** Images of the folder, slice by slice, and files that were left out. */
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

/**
 * Returns a test for files that an earlier prediction wrote among the images; they are not images to predict.
 */
async function ownFiles(out: string, images: string): Promise<(path: string) => boolean> {
  if (out !== images) {
    const isAmongImages = `${out}${sep}`.startsWith(images.endsWith(sep) ? images : images + sep);
    return (path) => isAmongImages && path.startsWith(`${out}${sep}`);
  }
  const journal = await PredictionJournal.open(out);
  return (path) => journal.has(relative(out, path).replaceAll(sep, '/'));
}
