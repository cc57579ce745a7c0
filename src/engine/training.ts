import { Random } from '../core/random.ts';
import { biasCorrections } from '../core/distill/optimizer.ts';
import { learningRate } from '../core/distill/schedule.ts';
import { imageShape, partSizes, targetGraph, trainStep } from '../core/distill/train-step.ts';
import type { StudentPlan } from '../core/distill/train-step.ts';
import type { ViewRecipe } from '../core/distill/views.ts';
import { UserError } from '../core/errors.ts';
import type { Raster } from '../core/image/raster.ts';
import type { Tensor } from '../core/tensor.ts';
import { tokenCount } from '../core/vit/architecture.ts';
import type { VitModel } from '../core/vit/weights.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../runtime/executor.ts';
import { PhaseProgress, breathe } from './job.ts';
import type { JobContext } from './job.ts';
import { TargetCache } from './target-cache.ts';

/** A student in training: what a checkpoint holds. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** Adapters and AdamW's moments, each one flat vector. */
  readonly adapters: Tensor;
  readonly mean: Tensor;
  readonly square: Tensor;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

export interface TrainingPlan extends StudentPlan {
  readonly teacher: VitModel;
  readonly steps: number;
  readonly batch: number;
  readonly peakLearningRate: number;
  readonly seed: number;
  /** Different views an image. */
  readonly views: number;
  readonly recipe: ViewRecipe;
  /** Bytes of teacher targets to keep. */
  readonly cacheBytes: number;
}

/** Images by number. */
export interface ImageSource {
  readonly count: number;
  get(index: number): Promise<Raster>;
}

/** Looks on while a student learns; what it does must change nothing of the training. */
export interface TrainingWatch {
  /**
   * Called before the first step and after each one. Adapters are valid until the promise is settled.
   *
   * @param step steps done
   * @param isLast that the training ends here, whatever was planned
   */
  see(step: number, adapters: Tensor | DeviceTensor, isLast?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens a watch on a training whose teacher gives `images` → `targets`. */
export type OpenWatch = (plan: TrainingPlan, teacher: LoadedGraph) => Promise<TrainingWatch>;

export interface TrainingResult {
  readonly state: TrainingState;
  readonly targetCacheHits: number;
}

/**
 * Feature distillation: trains the adapters until all steps are done, or returns early with what was
 * done when the job is cancelled or what was learnt is enough. Deterministic in the plan on one executor, also when it goes on from
 * a state: batches depend on the step's number alone.
 *
 * @param save called every twenty seconds with the state so far
 * @param openWatch opens what looks on
 * @throws UserError when the loss is not finite
 */
export async function trainStudent(
  plan: TrainingPlan,
  start: TrainingState,
  source: ImageSource,
  executor: Executor,
  context: JobContext,
  save: (state: TrainingState) => Promise<void>,
  openWatch?: OpenWatch,
): Promise<TrainingResult> {
  const parts = partSizes(plan.batch, imagesAtOnce(executor, plan.copy));
  const teacher = await executor.load(targetGraph(plan.teacher));
  const graphs = new Map<number, LoadedGraph>();
  for (const size of new Set(parts)) graphs.set(size, await executor.load(trainStep(plan, size)));
  const targets = new TargetCache(plan, source, teacher);
  const student = new RunningStudent(plan, parts, graphs, start);
  const begin = (): PhaseProgress => new PhaseProgress(context, 'distill', plan.steps, start.step);
  begin();
  const watch = await openWatch?.(plan, teacher);
  try {
    await watch?.see(start.step, student.adapters);
    // Time left goes by the pace of steps alone.
    const progress = begin();
    let [savedAt, measuredAt] = [performance.now(), performance.now()];
    for (let step = start.step; step < plan.steps && !isOver(step, context); step++) {
      const loss = await student.step(step, targets);
      const now = performance.now();
      const imagesPerSecond = (1000 * plan.batch) / (now - measuredAt);
      progress.advance(step + 1, { loss, imagesPerSecond });
      await watch?.see(step + 1, student.adapters);
      measuredAt = performance.now();
      if (now - savedAt > 20_000) {
        await save(await student.state());
        savedAt = performance.now();
      }
      await breathe();
    }
    const state = await student.state();
    if (!context.signal.aborted) await watch?.see(state.step, student.adapters, true);
    return { state, targetCacheHits: targets.hitRate };
  } finally {
    await watch?.close();
    await Promise.all([teacher, ...graphs.values()].map((graph) => graph.dispose()));
  }
}

/** Whether to stop before a step; without a single one there would be nothing to measure. */
function isOver(step: number, { signal, enough }: JobContext): boolean {
  return signal.aborted || (step > 0 && enough?.aborted === true);
}

/** Images in a part of a batch that suits the device. */
export function imagesAtOnce(
  { tokensAtOnce }: Executor,
  { architecture }: Pick<VitModel, 'architecture'>,
): number {
  return Math.max(1, Math.floor(tokensAtOnce / tokenCount(architecture)));
}

/** The training step's state on the device. */
class RunningStudent {
  readonly #plan: TrainingPlan;
  readonly #parts: readonly number[];
  /** By the size of the part. */
  readonly #graphs: ReadonlyMap<number, LoadedGraph>;
  readonly #zeros: Tensor;
  #adapters: Tensor | DeviceTensor;
  #mean: Tensor | DeviceTensor;
  #square: Tensor | DeviceTensor;
  #done: number;
  #firstLoss: number;
  #lastLoss: number;

  constructor(
    plan: TrainingPlan,
    parts: readonly number[],
    graphs: ReadonlyMap<number, LoadedGraph>,
    start: TrainingState,
  ) {
    this.#plan = plan;
    this.#parts = parts;
    this.#graphs = graphs;
    this.#zeros = { shape: [plan.layout.size], data: new Float32Array(plan.layout.size) };
    ({
      adapters: this.#adapters,
      mean: this.#mean,
      square: this.#square,
      step: this.#done,
      firstLoss: this.#firstLoss,
      lastLoss: this.#lastLoss,
    } = start);
  }

  /** What was learnt so far. */
  get adapters(): Tensor | DeviceTensor {
    return this.#adapters;
  }

  /** One update from a whole batch, part by part. Returns the loss before it. */
  async step(step: number, targets: TargetCache): Promise<number> {
    const { steps, batch, peakLearningRate } = this.#plan;
    const samples = samplesOfStep(this.#plan, targets.imageCount, step);
    const rate = learningRate(step, steps, peakLearningRate);
    const corrections = { shape: [2], data: biasCorrections(step + 1) };
    let sums: { loss: Tensor | DeviceTensor; gradient: Tensor | DeviceTensor } = {
      loss: scalarTensor(0),
      gradient: this.#zeros,
    };
    let first = 0;
    for (const part of this.#parts) {
      const graph = this.#graphs.get(part);
      if (!graph) throw new Error(`no graph for parts of ${part}`);
      const { images, features } = await targets.batch(samples.slice(first, first + part));
      first += part;
      const results = await graph.run({
        images: { shape: imageShape(this.#plan.copy, part), data: images },
        targets: { shape: [part, ...targets.shape], data: features },
        adapters: this.#adapters,
        mean: this.#mean,
        square: this.#square,
        lossSum: sums.loss,
        gradientSum: sums.gradient,
        share: scalarTensor(part / batch),
        learningRate: scalarTensor(rate),
        corrections,
      });
      const result = (name: string): DeviceTensor => {
        const value = results.get(name);
        if (!value) throw new Error(`the training step has no result ${name}`);
        return value;
      };
      for (const old of [sums.loss, sums.gradient]) disposeOf(old);
      sums = { loss: result('lossSumNext'), gradient: result('gradientSumNext') };
      const next = ['adaptersNext', 'meanNext', 'squareNext'].map(result);
      if (first < batch) {
        for (const unused of next) unused.dispose();
        continue;
      }
      for (const old of [this.#adapters, this.#mean, this.#square]) disposeOf(old);
      [this.#adapters = this.#zeros, this.#mean = this.#zeros, this.#square = this.#zeros] = next;
    }
    const loss = (await readTensor(sums.loss)).data[0] ?? NaN;
    for (const old of [sums.loss, sums.gradient]) disposeOf(old);
    return this.#note(step, loss);
  }

  async state(): Promise<TrainingState> {
    return {
      step: this.#done,
      adapters: await readTensor(this.#adapters),
      mean: await readTensor(this.#mean),
      square: await readTensor(this.#square),
      firstLoss: this.#firstLoss,
      lastLoss: this.#lastLoss,
    };
  }

  #note(step: number, loss: number): number {
    if (!Number.isFinite(loss)) {
      throw new UserError(
        'invalid-option',
        `Training diverged at step ${step + 1}: the loss is no longer a number. Use a smaller learning rate (--lr ${this.#plan.peakLearningRate / 3}) or rank.`,
      );
    }
    if (step === 0) this.#firstLoss = loss;
    this.#lastLoss = loss;
    this.#done = step + 1;
    return loss;
  }
}

/** Which view of which image: what a step learns from. */
export interface Sample {
  readonly image: number;
  readonly view: number;
}

/**
 * The samples of a step. Images are shuffled anew each time all have been seen; the views of an image
 * come in turn.
 */
export function samplesOfStep(
  { seed, batch, views }: Pick<TrainingPlan, 'seed' | 'batch' | 'views'>,
  imageCount: number,
  step: number,
): Sample[] {
  const everyImage = Array.from({ length: imageCount }, (_, index) => index);
  const samples: Sample[] = [];
  let order: { round: number; images: readonly number[] } = { round: -1, images: [] };
  for (let position = step * batch; position < (step + 1) * batch; position++) {
    const round = Math.floor(position / imageCount);
    if (round !== order.round) {
      order = { round, images: new Random(seed, 0x0bde5, round).shuffled(everyImage) };
    }
    samples.push({ image: order.images[position % imageCount] ?? 0, view: round % views });
  }
  return samples;
}

function scalarTensor(value: number): Tensor {
  return { shape: [], data: Float32Array.of(value) };
}

async function readTensor(value: Tensor | DeviceTensor): Promise<Tensor> {
  return 'data' in value ? value : value.read();
}

function disposeOf(value: Tensor | DeviceTensor): void {
  if (!('data' in value)) value.dispose();
}
