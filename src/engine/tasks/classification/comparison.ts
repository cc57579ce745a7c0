import { setImmediate as turn } from 'node:timers/promises';
import type { CandidateReport, QualityReport } from '../../../contract/results.ts';
import type { ClassificationTask } from '../../../contract/jobs.ts';
import { UserError } from '../../../core/errors.ts';
import { applyLinearProbe, foldProbe, trainLinearProbe } from '../../../core/heads/linear-probe.ts';
import { predictedClasses } from '../../../core/metrics/labels.ts';
import { classificationReport } from '../../../core/metrics/classification.ts';
import type { ClassificationReport } from '../../../core/metrics/classification.ts';
import { must } from '../../../core/must.ts';
import { elementCount } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { parameterCount } from '../../../core/vit/architecture.ts';
import { featureGraph } from '../../../core/vit/classifier.ts';
import type { ClassifierHead } from '../../../core/vit/classifier.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import type { ImageProblem, LabelledImage } from '../../../formats/labels/labelled-images.ts';
import { loadAll, readFinite } from '../../../runtime/executor.ts';
import type { Executor, LoadedGraph } from '../../../runtime/executor.ts';
import { labelIndices } from '../../images/dataset.ts';
import { imagesOfSide, readBatches, stackRows } from '../../models/inference.ts';
import type { InputForm } from '../../models/inference.ts';
import { PhaseProgress, throwIfCancelled } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import { labelledImagesText, readingImagesText } from '../../../text/index.ts';

/** An encoder with its head, and its results on the held-out images. */
export interface Candidate {
  readonly model: VitModel;
  readonly head: ClassifierHead;
  readonly report: CandidateReport;
  /** Predicted class indices of each tested image. */
  readonly predictions: readonly (readonly number[])[];
}

export interface EncoderComparison {
  /** Candidates, one per model, in order. */
  readonly candidates: readonly Candidate[];
  /** Readable test images. */
  readonly tested: readonly LabelledImage[];
}

/** Images for training and measuring heads. */
interface HeadImages {
  readonly classes: readonly string[];
  readonly task: ClassificationTask;
  readonly labelled: readonly LabelledImage[];
  readonly tested: readonly LabelledImage[];
}

interface ComparisonOptions {
  /** Input of the encoders. */
  readonly form: InputForm;
  readonly seed: number;
  /** Receives images that could not be read. */
  readonly problems: ImageProblem[];
}

/** Number of timing rounds; models take turns, so that a busy moment affects all of them. */
export const timingRounds = 9;

/**
 * Trains a linear probe for each encoder on the same labelled images, measures it on the same held-out images, and
 * times the encoders in turns.
 */
export async function compareEncoders(
  models: readonly VitModel[],
  dataset: HeadImages,
  { form, seed, problems }: ComparisonOptions,
  executor: Executor,
  context: JobContext,
): Promise<EncoderComparison> {
  const encoders = await loadAll(
    executor,
    models.map((model) => featureGraph(model)),
  );
  try {
    const total = dataset.labelled.length + dataset.tested.length + models.length;
    const progress = new PhaseProgress(context, 'head', total);
    const read = (images: readonly LabelledImage[], first: number): Promise<Features> =>
      computeFeatures(encoders, images, dataset.classes, context, {
        form,
        problems,
        advance: (done) => {
          progress.advance(first + done);
        },
      });
    const labelled = await read(dataset.labelled, 0);
    requireEveryClass(labelled, dataset.classes);
    const tested = await read(dataset.tested, dataset.labelled.length);
    const heads: TrainedHead[] = [];
    for (const index of models.keys()) {
      heads.push(await trainHead(labelled, index, dataset, seed, context));
      progress.advance(total - models.length + index + 1);
    }
    const timed = encoders.flatMap((encoder, index) => {
      const shape = models[index]?.architecture;
      return shape ? [{ encoder, shape }] : [];
    });
    const times = await timeInTurns(
      timed,
      form,
      form.batch ?? imagesOfSide(form.imageSize),
      context,
    );
    const candidates = models.map((model, index) => {
      const head = must(heads[index], `a head for encoder ${index}`);
      const features = must(tested.byEncoder[index], `features of encoder ${index}`);
      const { probabilities } = applyLinearProbe(head.probe, features);
      const { task } = dataset;
      const quality = classificationReport({ probabilities, truth: tested.labels, task, seed });
      return {
        model,
        head: head.layer,
        report: reportOf(model, head.layer, quality, times[index] ?? NaN),
        predictions: predictedClasses(probabilities, task),
      };
    });
    return { candidates, tested: tested.images };
  } finally {
    await Promise.all(encoders.map((encoder) => encoder.dispose()));
  }
}

/** Report on an encoder with its head; sizes are those of float32 weights. */
function reportOf(
  { architecture }: VitModel,
  { weight, bias }: ClassifierHead,
  quality: ClassificationReport,
  msPerImage: number,
): CandidateReport {
  const headSize = elementCount(weight.shape) + elementCount(bias.shape);
  const parameters = parameterCount(architecture) + headSize;
  return {
    ...qualityOf(quality),
    blocks: architecture.depth,
    parameters,
    bytes: 4 * parameters,
    msPerImage,
  };
}

/** Metrics for the result of a job: an undefined area under the curve becomes null. */
export function qualityOf(report: ClassificationReport): QualityReport {
  return {
    accuracy: report.accuracy,
    balancedAccuracy: report.balancedAccuracy,
    macroF1: report.macroF1,
    auc: report.auc ?? null,
    confusion: report.confusion.map((row) => [...row]),
  };
}

/**
 * Checks that each class still has an image: files may vanish during training.
 *
 * @throws UserError 'invalid-labels' if a class has no readable image left
 */
function requireEveryClass({ labels }: Features, classes: readonly string[]): void {
  const seen = new Set(labels.flat());
  const lost = classes.filter((_, index) => !seen.has(index));
  if (lost.length === 0) return;
  throw new UserError('invalid-labels', labelledImagesText.noneReadableNow(lost));
}

/** Features of the readable images by every encoder, (images, D) each, and their labels. */
interface Features {
  readonly byEncoder: readonly Tensor[];
  readonly labels: readonly (readonly number[])[];
  readonly images: readonly LabelledImage[];
}

interface Reading extends Pick<ComparisonOptions, 'form' | 'problems'> {
  /** Receives the number of images read so far. */
  readonly advance: (done: number) => void;
}

async function computeFeatures(
  encoders: readonly LoadedGraph[],
  images: readonly LabelledImage[],
  classes: readonly string[],
  context: JobContext,
  { form, problems, advance }: Reading,
): Promise<Features> {
  const parts = encoders.map((): Tensor[] => []);
  const labels: number[][] = [];
  const read: LabelledImage[] = [];
  let done = 0;
  for await (const batch of readBatches(images, form, problems, context)) {
    for (const [index, encoder] of encoders.entries()) {
      parts[index]?.push(await readFinite(await encoder.run({ image: batch.pixels }), 'features'));
    }
    labels.push(...batch.images.map((image) => labelIndices(image, classes)));
    read.push(...batch.images);
    done += batch.images.length;
    advance(done);
  }
  if (labels.length === 0) {
    throw new UserError('no-images', readingImagesText.noneLabelledReadable(images.length));
  }
  return { byEncoder: parts.map(stackRows), labels, images: read };
}

/** A linear probe, and the same as a layer of a classifier. */
interface TrainedHead {
  readonly probe: Awaited<ReturnType<typeof trainLinearProbe>>;
  readonly layer: ClassifierHead;
}

async function trainHead(
  { byEncoder, labels }: Features,
  index: number,
  { classes, task }: HeadImages,
  seed: number,
  { signal }: JobContext,
): Promise<TrainedHead> {
  const features = must(byEncoder[index], `features of encoder ${index}`);
  const probe = await trainLinearProbe({
    features,
    labels,
    classes: classes.length,
    task,
    seed,
    signal,
    pause: () => turn(),
  });
  return { probe, layer: { ...foldProbe(probe), task } };
}

/**
 * An encoder to time, with its architecture: encoders of the same architecture share one measurement.
 */
export interface TimedEncoder {
  readonly encoder: LoadedGraph;
  readonly shape: VitModel['architecture'];
}

/**
 * Milliseconds per image of each model at batches `image` (B, C, S, S), from pixels to results in the processor's
 * memory, because a run on a GPU returns before it has computed. Each architecture is measured once, as the fastest of
 * several rounds in turns: other load on the machine can only add to a time.
 */
export async function timeInTurns(
  models: readonly TimedEncoder[],
  { imageSize, channels }: Pick<InputForm, 'imageSize' | 'channels'>,
  batch: number,
  context: JobContext,
): Promise<number[]> {
  const shape = [batch, channels, imageSize, imageSize];
  const image = { shape, data: new Float32Array(elementCount(shape)).fill(0.5) };
  const keys = models.map((model) => JSON.stringify(model.shape));
  const ofShape = new Map(models.map(({ encoder }, index) => [keys[index] ?? '', encoder]));
  const best = new Map<string, number>();
  const progress = new PhaseProgress(context, 'timing', timingRounds);
  for (let round = 0; round < timingRounds; round++) {
    for (const [key, encoder] of ofShape) {
      const start = performance.now();
      const results = await encoder.run({ image });
      for (const result of results.values()) await result.read();
      best.set(key, Math.min(best.get(key) ?? Infinity, (performance.now() - start) / batch));
      for (const result of results.values()) result.dispose();
    }
    throwIfCancelled(context);
    progress.advance(round + 1);
  }
  return keys.map((key) => best.get(key) ?? NaN);
}
