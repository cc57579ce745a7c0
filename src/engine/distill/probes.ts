import { setImmediate as turn } from 'node:timers/promises';
import type { ClassificationTask } from '../../contract/jobs.ts';
import { colourFeatures, featureColours } from '../../core/distill/feature-colours.ts';
import type { FeatureColours } from '../../core/distill/feature-colours.ts';
import { readout, studentTokens } from '../../core/distill/probes.ts';
import { UserError } from '../../core/errors.ts';
import { crossValidatedAccuracy } from '../../core/heads/cross-validation.ts';
import { Random } from '../../core/random.ts';
import type { Tensor } from '../../core/tensor.ts';
import { gridSize } from '../../core/vit/architecture.ts';
import type { LabelledImage } from '../../formats/labels/labelled-images.ts';
import { loadAll, readResult } from '../../runtime/executor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../../runtime/executor.ts';
import { labelIndices } from '../images/dataset.ts';
import {
  imagesToInfer,
  packPixels,
  readBatches,
  stackRows,
  unpackPixels,
} from '../models/inference.ts';
import type { InputForm, PackedPixels } from '../models/inference.ts';
import { throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import type { TrainingWatch } from './training.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Data for the probes of a student in training: they estimate its accuracy so far, and map its patch features. */
export interface ProbePlan {
  /** Labelled training images; test images stay unseen until the end (docs/adr/0009). */
  readonly labelled: readonly LabelledImage[];
  readonly classes: readonly string[];
  readonly task: ClassificationTask;
  readonly form: InputForm;
}

/** Number of images shown with feature maps. */
const shownImages = 4;
/**
 * Number of images that accuracy is estimated on: as many as a step has, so that a probe costs less than a step,
 * within bounds that keep the estimate meaningful and cheap.
 */
const [fewestImages, mostImages] = [64, 200];
/** Share of the training's time that probes may take. */
export const timeShare = 0.03;
/** Approximate maximum number of probes per run. */
const mostProbes = 48;

/**
 * Opens the probes of a student in training, and reports the teacher's values as the reference. Probing does not
 * affect the training.
 *
 * @param teacher the training's graph, `images` → `targets`
 */
export async function openProbes(
  plan: TrainingPlan,
  { labelled, classes, task, form }: ProbePlan,
  teacher: LoadedGraph,
  executor: Executor,
  context: JobContext,
): Promise<TrainingWatch> {
  const images = chosenImages(labelled, plan);
  const batch = form.batch ?? imagesToInfer(plan.teacher.architecture, executor);
  const { pixels, read } = await readPixels(images, { ...form, batch }, context);
  if (read.length === 0) return { see: () => Promise.resolve(), close: () => Promise.resolve() };
  const labels = read.map((image) => labelIndices(image, classes));
  const [student, reader] = await loadAll(executor, [studentTokens(plan), readout(plan.teacher)]);
  if (!student || !reader) throw new Error('two graphs were loaded');
  const close = async (): Promise<void> => {
    await Promise.all([student.dispose(), reader.dispose()]);
  };
  const probe = async (tokens: (batch: Tensor) => Promise<DeviceTensor>): Promise<ProbeResult> => {
    const seen = await featuresOf(tokens, reader, pixels, context);
    const training = { features: seen.features, labels, classes: classes.length, task };
    const pause = (): Promise<void> => turn();
    const { seed } = plan;
    return {
      patches: seen.patches,
      accuracy: await crossValidatedAccuracy({ ...training, seed, pause, signal: context.signal }),
    };
  };
  const reference = await probe(async (batch) =>
    result(await teacher.run({ images: batch }), 'targets'),
  ).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const colours = featureColours(reference.patches);
  context.report({
    type: 'reference',
    paths: read.slice(0, shownImages).map(({ path }) => path),
    grid: gridSize(plan.teacher.architecture),
    accuracy: reference.accuracy,
    map: colourFeatures(colours, reference.patches),
  });
  const probeStudent = (adapters: Tensor | DeviceTensor): Promise<ProbeResult> =>
    probe(async (batch) => result(await student.run({ images: batch, adapters }), 'tokens'));
  return new ProbeWatch(plan.steps, probeStudent, colours, context, close);
}

/** Result of probing an encoder. */
interface ProbeResult {
  /** Normalised features of the shown images' patches, (shown · P, D). */
  readonly patches: Tensor;
  readonly accuracy: number | null;
}

/** Probes a training at intervals that keep to the time share. */
class ProbeWatch implements TrainingWatch {
  readonly #steps: number;
  readonly #probe: (adapters: Tensor | DeviceTensor) => Promise<ProbeResult>;
  readonly #colours: FeatureColours;
  readonly #context: JobContext;
  readonly close: () => Promise<void>;
  #nextStep = 0;
  #seenAt = -1;
  #nextTime = 0;

  constructor(
    steps: number,
    probe: (adapters: Tensor | DeviceTensor) => Promise<ProbeResult>,
    colours: FeatureColours,
    context: JobContext,
    close: () => Promise<void>,
  ) {
    this.#steps = steps;
    this.#probe = probe;
    this.#colours = colours;
    this.#context = context;
    this.close = close;
  }

  async see(step: number, adapters: Tensor | DeviceTensor, isLast = false): Promise<void> {
    if (step === this.#seenAt) return;
    const start = performance.now();
    if (!isLast && (step < this.#nextStep || start < this.#nextTime)) return;
    this.#seenAt = step;
    const seen = await this.#probe(adapters).catch(unlessCancelled);
    // If the training is stopped, it must end with its state, not with the error of an interrupted probe.
    if (!seen) return;
    const { patches, accuracy } = seen;
    const map = colourFeatures(this.#colours, patches);
    this.#context.report({ type: 'glimpse', step, accuracy, map });
    this.#nextStep = step + Math.ceil(this.#steps / mostProbes);
    this.#nextTime = start + (performance.now() - start) / timeShare;
  }
}

function unlessCancelled(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'cancelled') return undefined;
  throw error;
}

/** Returns random images, the first of them of different classes as far as possible: those are shown. */
function chosenImages(
  labelled: readonly LabelledImage[],
  { batch, seed }: TrainingPlan,
): LabelledImage[] {
  const most = Math.max(fewestImages, Math.min(mostImages, batch));
  const some = new Random(seed, 0x911).shuffled(labelled).slice(0, most);
  const classes = new Set<string>();
  const isFirst = (image: LabelledImage): boolean => {
    const name = image.labels.join('|');
    const isNew = !classes.has(name);
    classes.add(name);
    return isNew;
  };
  const firsts = some.filter(isFirst);
  return [...firsts, ...some.filter((image) => !firsts.includes(image))];
}

async function readPixels(
  images: readonly LabelledImage[],
  form: InputForm,
  { signal }: JobContext,
): Promise<{ pixels: PackedPixels[]; read: LabelledImage[] }> {
  const pixels: PackedPixels[] = [];
  const read: LabelledImage[] = [];
  // Training the head reports unreadable images; here they are skipped silently.
  const silent: JobContext = { signal, report: () => undefined };
  for await (const batch of readBatches(images, form, [], silent)) {
    pixels.push(packPixels(batch.pixels));
    read.push(...batch.images);
  }
  return { pixels, read };
}

/** Features (images, D), and the patches of the shown images (shown · P, D). */
async function featuresOf(
  tokens: (batch: Tensor) => Promise<DeviceTensor>,
  reader: LoadedGraph,
  pixels: readonly PackedPixels[],
  context: JobContext,
): Promise<{ features: Tensor; patches: Tensor }> {
  const features: Tensor[] = [];
  const patches: Tensor[] = [];
  let seen = 0;
  for (const batch of pixels) {
    throwIfCancelled(context);
    const output = await tokens(unpackPixels(batch));
    const results = await reader.run({ tokens: output });
    output.dispose();
    const [images = 0] = batch.shape;
    if (seen < shownImages) {
      patches.push(firstPatches(await result(results, 'patches').read(), shownImages - seen));
    }
    seen += images;
    features.push(await readResult(results, 'features'));
    await turn();
  }
  return { features: stackRows(features), patches: stackRows(patches) };
}

/** (B, P, D) → (images · P, D), of the first `images` images. */
function firstPatches({ shape, data }: Tensor, images: number): Tensor {
  const [all = 0, patches = 0, width = 0] = shape;
  const rows = Math.min(all, images) * patches;
  return { shape: [rows, width], data: data.slice(0, rows * width) };
}

function result(results: ReadonlyMap<string, DeviceTensor>, name: string): DeviceTensor {
  const value = results.get(name);
  if (!value) throw new Error(`no result ${name}`);
  return value;
}
