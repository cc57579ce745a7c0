import type { ClassificationTask } from '../../../contract/jobs.ts';
import type { Measured } from '../../../core/distill/candidates.ts';
import { imageLosses, readout, studentTokens } from '../../../core/distill/probes.ts';
import { targetGraph } from '../../../core/distill/train-step.ts';
import type { StudentPlan } from '../../../core/distill/train-step.ts';
import { toPlanes } from '../../../core/distill/views.ts';
import { defaultL2 } from '../../../core/heads/l2-strength.ts';
import { applyLinearProbe, trainLinearProbe } from '../../../core/heads/linear-probe.ts';
import { labelMatrix } from '../../../core/metrics/labels.ts';
import { mostProbable } from '../../../core/metrics/confusion.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import type { LabelledImage } from '../../../formats/labels/labelled-images.ts';
import { loadAll, readResult } from '../../../runtime/executor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../../../runtime/executor.ts';
import { labelIndices } from '../../images/dataset.ts';
import {
  imagesToInfer,
  packPixels,
  readBatches,
  stackRows,
  unpackPixels,
} from '../../models/inference.ts';
import type { InputForm, PackedPixels } from '../../models/inference.ts';
import { breathe, throwIfCancelled } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import type { ViewSource } from '../../images/view-source.ts';

/** Labelled training images, for the probe that compares states of the student. */
export interface ProbeImages {
  readonly classes: readonly string[];
  readonly task: ClassificationTask;
  readonly form: InputForm;
  /** Images that the probe is trained on. */
  readonly learnt: readonly LabelledImage[];
  /** Images that the probe is tested on; not used for fitting and training. */
  readonly aside: readonly LabelledImage[];
}

/** Images on which states of a student are measured. */
export interface EvaluationImages {
  /**
   * Views whose features are compared with the teacher's: those of reserved images, if there are any.
   */
  readonly source: ViewSource;
  /** Number of each image's view, which training never uses. */
  readonly view: number;
  readonly probe?: ProbeImages | undefined;
}

/** Fewest reserved images for a meaningful accuracy. */
const fewestTested = 8;
/** Most images that the probe is trained on. */
const mostLearnt = 300;
/** Most views. */
const mostViews = 48;
/** Budget for images, and for the teacher's targets, bytes. */
const budget = 192 * 2 ** 20;

interface KeptProbe {
  readonly batches: readonly PackedPixels[];
  readonly labels: readonly (readonly number[])[];
  /** Number of images for training the probe; they come first. */
  readonly learnt: number;
  readonly classes: number;
  readonly task: ClassificationTask;
}

/** A part of the views, and the teacher's targets for it. */
interface ViewPart {
  readonly images: PackedPixels;
  readonly targets: Tensor;
}

interface EvaluatorParts {
  readonly executor: Executor;
  readonly context: JobContext;
  readonly seed: number;
  readonly views: readonly ViewPart[];
  readonly probe: KeptProbe | undefined;
  readonly readers: readonly LoadedGraph[];
}

/**
 * Measures states of a student on the same images; deterministic, and without effect on the training.
 */
export class StudentEvaluator {
  readonly #executor: Executor;
  readonly #context: JobContext;
  readonly #seed: number;
  readonly #views: readonly ViewPart[];
  readonly #probe: KeptProbe | undefined;
  readonly #readers: readonly LoadedGraph[];

  private constructor({ executor, context, seed, views, probe, readers }: EvaluatorParts) {
    this.#executor = executor;
    this.#context = context;
    this.#seed = seed;
    this.#views = views;
    this.#probe = probe;
    this.#readers = readers;
  }

  /**
   * Reads images and computes the teacher's targets.
   *
   * @throws UserError 'cancelled', or if an image can no longer be read
   */
  static async open(
    teacher: VitModel,
    images: EvaluationImages,
    seed: number,
    executor: Executor,
    context: JobContext,
  ): Promise<StudentEvaluator> {
    const views = await targetsOf(teacher, images, executor, context);
    const probe = images.probe && (await readProbe(images.probe, teacher, executor, context));
    const readers = await loadAll(executor, [imageLosses(teacher), readout(teacher)]);
    return new StudentEvaluator({ executor, context, seed, views, probe, readers });
  }

  /** Number of labelled images on which accuracy is measured; 0 without a probe. */
  get tested(): number {
    return this.#probe ? this.#probe.labels.length - this.#probe.learnt : 0;
  }

  /** Opens a student with these blocks, whose adapters can then be measured. */
  async student(plan: StudentPlan): Promise<EvaluatedStudent> {
    const graph = await this.#executor.load(studentTokens(plan));
    const losses = (adapters: Tensor | DeviceTensor): Promise<Float32Array> =>
      this.#losses(graph, adapters);
    return {
      losses,
      measure: async (adapters) => ({
        losses: await losses(adapters),
        correct: await this.#correct(graph, adapters),
      }),
      close: () => graph.dispose(),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((graph) => graph.dispose()));
  }

  async #losses(student: LoadedGraph, adapters: Tensor | DeviceTensor): Promise<Float32Array> {
    const losses: number[] = [];
    for (const { images, targets } of this.#views) {
      const tokens = await this.#tokens(student, adapters, images);
      const results = await this.#reader(0).run({ tokens, targets });
      tokens.dispose();
      losses.push(...(await readResult(results, 'losses')).data);
    }
    return Float32Array.from(losses);
  }

  async #correct(
    student: LoadedGraph,
    adapters: Tensor | DeviceTensor,
  ): Promise<Float32Array | null> {
    if (!this.#probe) return null;
    const features: Tensor[] = [];
    for (const images of this.#probe.batches) {
      const tokens = await this.#tokens(student, adapters, images);
      const results = await this.#reader(1).run({ tokens });
      tokens.dispose();
      results.get('patches')?.dispose();
      const read = await results.get('features')?.read();
      results.get('features')?.dispose();
      if (!read) throw new Error('the readout has no features');
      features.push(read);
    }
    const all = stackRows(features);
    // A diverged student produces NaN or infinite features, so no prediction is correct.
    if (!all.data.every(Number.isFinite)) return new Float32Array(this.tested);
    return correctShares(all, this.#probe, this.#seed, this.#context);
  }

  async #tokens(
    student: LoadedGraph,
    adapters: Tensor | DeviceTensor,
    images: PackedPixels,
  ): Promise<DeviceTensor> {
    await breathe();
    throwIfCancelled(this.#context);
    const results = await student.run({ images: unpackPixels(images), adapters });
    const tokens = results.get('tokens');
    if (!tokens) throw new Error('the student has no tokens');
    return tokens;
  }

  #reader(index: number): LoadedGraph {
    const reader = this.#readers[index];
    if (!reader) throw new Error(`no reader ${index}`);
    return reader;
  }
}

/** A student whose adapters can be measured. */
export interface EvaluatedStudent {
  /** Losses, one per view. */
  losses(adapters: Tensor | DeviceTensor): Promise<Float32Array>;
  measure(adapters: Tensor | DeviceTensor): Promise<Measured>;
  close(): Promise<void>;
}

async function targetsOf(
  teacher: VitModel,
  { source, view }: EvaluationImages,
  executor: Executor,
  context: JobContext,
): Promise<ViewPart[]> {
  const { imageSize, channels, width, patchSize } = teacher.architecture;
  const size = imageSize * imageSize * channels;
  const tokens = (imageSize / patchSize) ** 2;
  const fitting = Math.max(4, Math.floor(budget / (size + 4 * tokens * width)));
  const count = Math.min(source.count, mostViews, fitting);
  const graph = await executor.load(targetGraph(teacher));
  try {
    const batch = imagesToInfer(teacher.architecture, executor);
    const views: ViewPart[] = [];
    for (let first = 0; first < count; first += batch) {
      throwIfCancelled(context);
      const part = Math.min(batch, count - first);
      const data = new Float32Array(part * size);
      for (let index = 0; index < part; index++) {
        const drawn = await source.draw(first + index, view);
        toPlanes(drawn, 1, imageSize, channels, data.subarray(index * size, (index + 1) * size));
      }
      const pixels = { shape: [part, channels, imageSize, imageSize], data };
      const targets = await readResult(await graph.run({ images: pixels }), 'targets');
      views.push({ images: packPixels(pixels), targets });
      await breathe();
    }
    return views;
  } finally {
    await graph.dispose();
  }
}

async function readProbe(
  { classes, task, form, learnt, aside }: ProbeImages,
  teacher: VitModel,
  executor: Executor,
  { signal }: JobContext,
): Promise<KeptProbe | undefined> {
  const { imageSize, channels } = form;
  const fitting = Math.floor(budget / (imageSize * imageSize * channels)) - aside.length;
  if (aside.length < fewestTested || fitting < fewestTested) return undefined;
  const batches: PackedPixels[] = [];
  const labels: (readonly number[])[] = [];
  // Training the head reports unreadable images; here they are skipped silently.
  const silent: JobContext = { signal, report: () => undefined };
  const sized = { ...form, batch: imagesToInfer(teacher.architecture, executor) };
  const read = async (images: readonly LabelledImage[]): Promise<void> => {
    for await (const { images: some, pixels } of readBatches(images, sized, [], silent)) {
      batches.push(packPixels(pixels));
      labels.push(...some.map((image) => labelIndices(image, classes)));
    }
  };
  await read(learnt.slice(0, Math.min(mostLearnt, fitting)));
  const count = labels.length;
  const isDifferent = new Set(labels.map((own) => own.join())).size > 1;
  if (!isDifferent) return undefined;
  await read(aside);
  return labels.length - count < fewestTested
    ? undefined
    : { batches, labels, learnt: count, classes: classes.length, task };
}

/** Returns the share of labels that the probe predicts correctly, for each image that it was not trained on. */
async function correctShares(
  { shape: [, width = 0], data }: Tensor,
  { labels, learnt, classes, task }: KeptProbe,
  seed: number,
  { signal }: JobContext,
): Promise<Float32Array> {
  const rows = (from: number, to: number): Tensor => ({
    shape: [to - from, width],
    data: data.slice(from * width, to * width),
  });
  const probe = await trainLinearProbe({
    features: rows(0, learnt),
    labels: labels.slice(0, learnt),
    classes,
    task,
    seed,
    l2: defaultL2(width),
    signal,
    pause: breathe,
  });
  const tested = labels.slice(learnt);
  const { probabilities } = applyLinearProbe(probe, rows(learnt, labels.length));
  const isTrue = labelMatrix(tested, classes, task);
  const predicted = mostProbable(probabilities.data, classes);
  return Float32Array.from(tested, (_, image) => {
    const first = image * classes;
    if (task === 'single') return isTrue[first + (predicted[image] ?? 0)] ?? 0;
    let right = 0;
    for (let at = first; at < first + classes; at++) {
      if ((probabilities.data[at] ?? 0) >= 0.5 === (isTrue[at] === 1)) right++;
    }
    return right / classes;
  });
}
