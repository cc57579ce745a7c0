import { setImmediate as turn } from 'node:timers/promises';
import type { ClassificationTask } from '../contract/jobs.ts';
import { colourFeatures, featureColours } from '../core/distill/feature-colours.ts';
import type { FeatureColours } from '../core/distill/feature-colours.ts';
import { readout, studentTokens } from '../core/distill/glimpse.ts';
import { UserError } from '../core/errors.ts';
import { crossValidatedAccuracy } from '../core/heads/cross-validation.ts';
import { Random } from '../core/random.ts';
import type { Tensor } from '../core/tensor.ts';
import { gridSize } from '../core/vit/architecture.ts';
import type { LabelledImage } from '../formats/labelled-images.ts';
import { readResult } from '../runtime/executor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../runtime/executor.ts';
import { labelIndices } from './dataset.ts';
import { imagesToInfer, packPixels, readBatches, stackRows, unpackPixels } from './inference.ts';
import type { InputForm, PackedPixels } from './inference.ts';
import { throwIfCancelled } from './job.ts';
import type { JobContext } from './job.ts';
import type { TrainingWatch } from './training.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Looks at a student in training: what it is worth so far, and how its patches' features look. */
export interface GlimpsePlan {
  /** Labelled images to learn from; test images stay unseen until the end (docs/adr/0009). */
  readonly labelled: readonly LabelledImage[];
  readonly classes: readonly string[];
  readonly task: ClassificationTask;
  readonly form: InputForm;
}

/** Images that are shown. */
const shown = 4;
/**
 * Images that accuracy is estimated on: as many as a step has, so that looking costs less than one, but
 * neither too few to tell anything nor more than it takes.
 */
const [fewestImages, mostImages] = [64, 200];
/** Share of the training's time that looking may take. */
export const timeShare = 0.03;
/** Looks at a run, at most about. */
const mostLooks = 48;

/**
 * Opens what is needed to look at a student in training, and reports the teacher as it will be compared
 * with. Looking changes nothing of the training.
 *
 * @param teacher `images` → `targets`, as the training has it
 */
export async function openGlimpses(
  plan: TrainingPlan,
  { labelled, classes, task, form }: GlimpsePlan,
  teacher: LoadedGraph,
  executor: Executor,
  context: JobContext,
): Promise<TrainingWatch> {
  const images = chosenImages(labelled, plan);
  const batch = form.batch ?? imagesToInfer(plan.teacher.architecture, executor);
  const { pixels, read } = await readPixels(images, { ...form, batch }, context);
  if (read.length === 0) return { see: () => Promise.resolve(), close: () => Promise.resolve() };
  const [student, reader] = await Promise.all([
    executor.load(studentTokens(plan)),
    executor.load(readout(plan.teacher)),
  ]);
  const labels = read.map((image) => labelIndices(image, classes, 'the labelled images'));
  const look = async (tokens: (batch: Tensor) => Promise<DeviceTensor>): Promise<Look> => {
    const seen = await seenBy(tokens, reader, pixels, context);
    const training = { features: seen.features, labels, classes: classes.length, task };
    const pause = (): Promise<void> => turn();
    const { seed } = plan;
    return {
      patches: seen.patches,
      accuracy: await crossValidatedAccuracy({ ...training, seed, pause, signal: context.signal }),
    };
  };
  const reference = await look(async (batch) =>
    result(await teacher.run({ images: batch }), 'targets'),
  );
  const colours = featureColours(reference.patches);
  context.report({
    type: 'reference',
    paths: read.slice(0, shown).map(({ path }) => path),
    grid: gridSize(plan.teacher.architecture),
    accuracy: reference.accuracy,
    map: colourFeatures(colours, reference.patches),
  });
  const lookAt = (adapters: Tensor | DeviceTensor): Promise<Look> =>
    look(async (batch) => result(await student.run({ images: batch, adapters }), 'tokens'));
  return new Glimpses(plan.steps, lookAt, colours, context, async () => {
    await Promise.all([student.dispose(), reader.dispose()]);
  });
}

/** What was seen of an encoder. */
interface Look {
  /** Normalised features of the shown images' patches, (shown · P, D). */
  readonly patches: Tensor;
  readonly accuracy: number | null;
}

/** Looks now and then: as often as a small share of the time allows. */
class Glimpses implements TrainingWatch {
  readonly #steps: number;
  readonly #lookAt: (adapters: Tensor | DeviceTensor) => Promise<Look>;
  readonly #colours: FeatureColours;
  readonly #context: JobContext;
  readonly close: () => Promise<void>;
  #nextStep = 0;
  #seenAt = -1;
  #nextTime = 0;

  constructor(
    steps: number,
    lookAt: (adapters: Tensor | DeviceTensor) => Promise<Look>,
    colours: FeatureColours,
    context: JobContext,
    close: () => Promise<void>,
  ) {
    this.#steps = steps;
    this.#lookAt = lookAt;
    this.#colours = colours;
    this.#context = context;
    this.close = close;
  }

  async see(step: number, adapters: Tensor | DeviceTensor, isLast = false): Promise<void> {
    if (step === this.#seenAt) return;
    const start = performance.now();
    if (!isLast && (step < this.#nextStep || start < this.#nextTime)) return;
    this.#seenAt = step;
    const seen = await this.#lookAt(adapters).catch(unlessCancelled);
    // Whoever stops the training must find what was learnt, not a look that was cut short.
    if (!seen) return;
    const { patches, accuracy } = seen;
    const map = colourFeatures(this.#colours, patches);
    this.#context.report({ type: 'glimpse', step, accuracy, map });
    this.#nextStep = step + Math.ceil(this.#steps / mostLooks);
    this.#nextTime = start + (performance.now() - start) / timeShare;
  }
}

function unlessCancelled(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'cancelled') return undefined;
  throw error;
}

/** By chance, the first of them of different classes as far as there are so many: they are shown. */
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
  // What cannot be read is told of when the head is trained; here it is only passed over.
  const silent: JobContext = { signal, report: () => undefined };
  for await (const batch of readBatches(images, form, [], silent)) {
    pixels.push(packPixels(batch.pixels));
    read.push(...batch.images);
  }
  return { pixels, read };
}

/** Features (images, D), and the patches of the shown images (shown · P, D). */
async function seenBy(
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
    if (seen < shown) {
      patches.push(firstPatches(await result(results, 'patches').read(), shown - seen));
    }
    seen += images;
    features.push(await readResult(results, 'features'));
    await turn();
  }
  return { features: stackRows(features), patches: stackRows(patches) };
}

/** (B, P, D) → (images · P, D), of the first images as far as there are so many. */
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
