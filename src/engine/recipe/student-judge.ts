import type { ClassificationTask } from '../../contract/jobs.ts';
import type { Measured } from '../../core/distill/candidates.ts';
import { imageLosses, readout, studentTokens } from '../../core/distill/glimpse.ts';
import { targetGraph } from '../../core/distill/train-step.ts';
import type { StudentPlan } from '../../core/distill/train-step.ts';
import { toPlanes } from '../../core/distill/views.ts';
import { defaultL2 } from '../../core/heads/l2-strength.ts';
import { applyLinearProbe, trainLinearProbe } from '../../core/heads/linear-probe.ts';
import { labelMatrix } from '../../core/metrics/labels.ts';
import { mostProbable } from '../../core/metrics/confusion.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import type { LabelledImage } from '../../formats/labelled-images.ts';
import { loadAll, readResult } from '../../runtime/executor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../../runtime/executor.ts';
import { labelIndices } from '../dataset.ts';
import { imagesToInfer, packPixels, readBatches, stackRows, unpackPixels } from '../inference.ts';
import type { InputForm, PackedPixels } from '../inference.ts';
import { breathe, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import type { ViewSource } from '../view-source.ts';

/** Labelled training images, for the probe that compares states of the student. */
export interface ProbeImages {
  readonly classes: readonly string[];
  readonly task: ClassificationTask;
  readonly form: InputForm;
  /** A probe learns from these. */
  readonly learnt: readonly LabelledImage[];
  /** And is tested on these, which fit and training do not see. */
  readonly aside: readonly LabelledImage[];
}

/** What states of a student are measured on. */
export interface JudgedImages {
  /** Views whose features are compared with the teacher's: those of images that are set aside, where there are any. */
  readonly source: ViewSource;
  /** Number of the view of each image, which training never draws. */
  readonly view: number;
  readonly probe?: ProbeImages | undefined;
}

/** With fewer images set aside, accuracy says nothing. */
const fewestTested = 8;
/** Images that the probe learns from at most. */
const mostLearnt = 300;
/** Views at most. */
const mostViews = 48;
/** Bytes of images, and of the teacher's targets, that are kept. */
const budget = 192 * 2 ** 20;

interface KeptProbe {
  readonly batches: readonly PackedPixels[];
  readonly labels: readonly (readonly number[])[];
  /** Of the images, the first are learnt from. */
  readonly learnt: number;
  readonly classes: number;
  readonly task: ClassificationTask;
}

/** A part of the views, and what the teacher makes of it. */
interface ViewPart {
  readonly images: PackedPixels;
  readonly targets: Tensor;
}

/** Measures states of a student on the same images, which is deterministic and changes nothing of the training. */
export class StudentJudge {
  readonly #executor: Executor;
  readonly #context: JobContext;
  readonly #seed: number;
  readonly #views: readonly ViewPart[];
  readonly #probe: KeptProbe | undefined;
  readonly #readers: readonly LoadedGraph[];

  private constructor(
    executor: Executor,
    context: JobContext,
    seed: number,
    views: readonly ViewPart[],
    probe: KeptProbe | undefined,
    readers: readonly LoadedGraph[],
  ) {
    this.#executor = executor;
    this.#context = context;
    this.#seed = seed;
    this.#views = views;
    this.#probe = probe;
    this.#readers = readers;
  }

  /** @throws UserError 'cancelled', or where an image cannot be read any more */
  static async open(
    teacher: VitModel,
    images: JudgedImages,
    seed: number,
    executor: Executor,
    context: JobContext,
  ): Promise<StudentJudge> {
    const views = await targetsOf(teacher, images, executor, context);
    const probe = images.probe && (await readProbe(images.probe, teacher, executor, context));
    const readers = await loadAll(executor, [imageLosses(teacher), readout(teacher)]);
    return new StudentJudge(executor, context, seed, views, probe, readers);
  }

  /** Labelled images on which accuracy is measured; 0 without a probe. */
  get tested(): number {
    return this.#probe ? this.#probe.labels.length - this.#probe.learnt : 0;
  }

  /** Opens a student of these blocks, whose adapters are measured. */
  async student(plan: StudentPlan): Promise<JudgedStudent> {
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
    // What a diverged student sees is no numbers, and none of it is right.
    if (!all.data.every(Number.isFinite)) return new Float32Array(this.tested);
    return answersRight(all, this.#probe, this.#seed, this.#context);
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

/** A student whose adapters are measured. */
export interface JudgedStudent {
  /** One for each view. */
  losses(adapters: Tensor | DeviceTensor): Promise<Float32Array>;
  measure(adapters: Tensor | DeviceTensor): Promise<Measured>;
  close(): Promise<void>;
}

async function targetsOf(
  teacher: VitModel,
  { source, view }: JudgedImages,
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
  // An image that cannot be read is reported when the head learns; here it is only passed over.
  const silent: JobContext = { signal, report: () => undefined };
  const sized = { ...form, batch: imagesToInfer(teacher.architecture, executor) };
  const read = async (images: readonly LabelledImage[]): Promise<void> => {
    for await (const { images: some, pixels } of readBatches(images, sized, [], silent)) {
      batches.push(packPixels(pixels));
      labels.push(...some.map((image) => labelIndices(image, classes, 'the labelled images')));
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

/** Share of its labels that a probe predicts correctly, for each image that it did not learn from. */
async function answersRight(
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
    ...{ features: rows(0, learnt), labels: labels.slice(0, learnt), classes, task, seed },
    ...{ l2: defaultL2(width), signal, pause: breathe },
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
