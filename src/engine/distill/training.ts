import { imagesWithin, trainingMemory } from '../../core/distill/memory.ts';
import { Random } from '../../core/random.ts';
import { partSizes, targetGraph, trainStep } from '../../core/distill/train-step.ts';
import { UserError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { tokenCount } from '../../core/vit/architecture.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { loadAll } from '../../runtime/executor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../../runtime/executor.ts';
import { PhaseProgress, breathe } from '../job.ts';
import type { JobContext } from '../job.ts';
import { deviceTargetBudget } from '../devices/memory-budget.ts';
import { Optimisation } from './optimisation.ts';
import type { Feed, OptimiserState } from './optimisation.ts';
import type { BestKeeper, KeeperState } from './recipe/best-keeper.ts';
import { TargetCache } from './target-cache.ts';
import type { NumberedView, ViewSource } from '../images/view-source.ts';
import type { TrainingPlan } from './training-plan.ts';
import { trainingText } from '../../text/index.ts';

/** State of a student in training, as in a checkpoint. Its parameters are the adapters. */
export interface TrainingState extends OptimiserState {
  /** State of the keeper, if the training has one. */
  readonly keeper?: KeeperState | undefined;
}

/** Observer of a training; it must not affect the training. */
export interface TrainingWatch {
  /**
   * Called before the first step and after each one. Adapters are valid until the promise is settled.
   *
   * @param step completed steps
   * @param isLast true if the training ends here, whatever was planned
   */
  see(step: number, adapters: Tensor | DeviceTensor, isLast?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens a watch on a training with the teacher graph `images` → `targets`. */
export type OpenWatch = (plan: TrainingPlan, teacher: LoadedGraph) => Promise<TrainingWatch>;

export interface TrainingResult {
  readonly state: TrainingState;
  readonly targetCacheHits: number;
}

export interface TrainingParts {
  readonly source: ViewSource;
  /** Called every twenty seconds with the current state. */
  readonly save: (state: TrainingState) => Promise<void>;
  /** Opens an observer. */
  readonly openWatch?: OpenWatch | undefined;
  /** Rolls the training back when it diverges from the teacher, and keeps the best state. */
  readonly keeper?: BestKeeper | undefined;
}

/**
 * Feature distillation: trains the adapters until all steps are completed, or returns early when the job is cancelled
 * or ended early. Deterministic in the plan on one executor, also when resumed from a state: batches depend on the
 * step's number alone.
 *
 * @throws UserError 'diverged' if the loss or the state is not finite
 */
export async function trainStudent(
  plan: TrainingPlan,
  start: TrainingState,
  { source, save, openWatch, keeper }: TrainingParts,
  executor: Executor,
  context: JobContext,
): Promise<TrainingResult> {
  const { teacher, student, targets, dispose } = await loadTraining(plan, start, source, executor);
  const feedOf = feeding(plan, targets);
  const begin = (): PhaseProgress => new PhaseProgress(context, 'distill', plan.steps, start.step);
  let watch: TrainingWatch | undefined;
  const check = (step: number, isLast = false): Promise<boolean> =>
    keeper?.after(step, student, isLast).catch(unlessCancelled) ?? Promise.resolve(true);
  const stateSoFar = async (): Promise<TrainingState> =>
    requireFinite({ ...(await student.state()), keeper: keeper?.state });
  try {
    begin();
    watch = await openWatch?.(plan, teacher);
    await watch?.see(start.step, student.parameters);
    // The estimate of the time left uses the pace of steps alone.
    const progress = begin();
    let [savedAt, measuredAt] = [performance.now(), performance.now()];
    let continues = start.step === 0 || (await check(start.step));
    for (let step = start.step; continues && step < plan.steps && !isOver(step, context); step++) {
      const loss = await student.step(step, feedOf(step)).catch((error: unknown) => {
        if (!isDivergence(error) || keeper?.rescue(step + 1, student) !== true) throw error;
        return undefined;
      });
      const now = performance.now();
      const imagesPerSecond = (1000 * plan.batch) / (now - measuredAt);
      progress.advance(step + 1, { loss, imagesPerSecond });
      continues = await check(step + 1);
      await watch?.see(step + 1, student.parameters);
      measuredAt = performance.now();
      if (now - savedAt > 20_000) {
        await save(await stateSoFar());
        savedAt = performance.now();
      }
      await breathe();
    }
    const { step } = await student.state();
    if (!context.signal.aborted) await check(step, true);
    if (!context.signal.aborted) await watch?.see(step, student.parameters, true);
    return { state: await stateSoFar(), targetCacheHits: targets.hitRate };
  } finally {
    await watch?.close();
    await dispose();
  }
}

/** A training on a device. */
interface LoadedTraining {
  /** Graph `images` → `targets`. */
  readonly teacher: LoadedGraph;
  readonly student: Optimisation;
  readonly targets: TargetCache;
  readonly dispose: () => Promise<void>;
}

async function loadTraining(
  plan: TrainingPlan,
  start: TrainingState,
  source: ViewSource,
  executor: Executor,
): Promise<LoadedTraining> {
  const parts = partSizes(
    plan.batch,
    imagesAtOnce(executor, plan.teacher, plan.copy.architecture.depth),
  );
  const sizes = [...new Set(parts)];
  const [teacher, ...stepGraphs] = await loadAll(executor, [
    targetGraph(plan.teacher),
    ...sizes.map((size) => trainStep(plan, size)),
  ]);
  if (!teacher) throw new Error('the teacher was loaded');
  const graphs = new Map(stepGraphs.map((graph, index) => [sizes[index] ?? 0, graph]));
  const stepBytes = trainingMemory(
    plan.teacher.architecture,
    plan.copy.architecture.depth,
    Math.max(...parts),
  );
  const deviceBytes = deviceTargetBudget(plan.cacheBytes, executor.memoryBytes, stepBytes);
  const targets = new TargetCache(plan, source, teacher, executor, deviceBytes);
  const { steps, batch, peakLearningRate } = plan;
  const recipe = { steps, batch, peakLearningRate, parts, graphs };
  const student = await Optimisation.open(recipe, start, executor);
  return {
    teacher,
    student,
    targets,
    dispose: async () => {
      await student.dispose();
      await targets.dispose();
      await Promise.all([teacher, ...graphs.values()].map((graph) => graph.dispose()));
    },
  };
}

/**
 * Ignores a cancelled check: the training must end with its state, and the check is repeated when the run is resumed.
 */
function unlessCancelled(error: unknown): true {
  if (error instanceof UserError && error.code === 'cancelled') return true;
  throw error;
}

function isDivergence(error: unknown): boolean {
  return error instanceof UserError && error.code === 'diverged';
}

/**
 * Checks that a state is fit for a checkpoint.
 *
 * @throws UserError 'diverged'
 */
function requireFinite(state: TrainingState): TrainingState {
  const { step, parameters, mean, square } = state;
  if ([parameters, mean, square].every(({ data }) => data.every(Number.isFinite))) return state;
  throw new UserError('diverged', trainingText.weightsDiverged(step));
}

/**
 * Returns true if the training stops before this step; at least one step is done, or there would be nothing to
 * measure.
 */
function isOver(step: number, { signal, enough }: JobContext): boolean {
  return signal.aborted || (step > 0 && enough?.aborted === true);
}

/**
 * Feeds views and targets of each step's samples, part by part; one step's worth of views is prefetched beyond each
 * part.
 */
function feeding(plan: TrainingPlan, targets: TargetCache): (step: number) => Feed {
  const known = new Map<number, readonly NumberedView[]>();
  const samplesOf = (step: number): readonly NumberedView[] => {
    if (step >= plan.steps) return [];
    const samples = known.get(step) ?? samplesOfStep(plan, targets.imageCount, step);
    known.set(step, samples);
    return samples;
  };
  return (step) => {
    known.delete(step - 1);
    const samples = [...samplesOf(step), ...samplesOf(step + 1)];
    return (first, count) => {
      const next = first + count;
      return targets.batch(samples.slice(first, next), samples.slice(next, next + plan.batch));
    };
  };
}

/**
 * Returns the number of images per part of a batch that suits the device.
 *
 * @param blocks number of blocks of the student; the teacher's by default
 */
export function imagesAtOnce(
  { tokensAtOnce, memoryBytes }: Pick<Executor, 'tokensAtOnce' | 'memoryBytes'>,
  { architecture }: Pick<VitModel, 'architecture'>,
  blocks = architecture.depth,
): number {
  const suited = Math.max(1, Math.floor(tokensAtOnce / tokenCount(architecture)));
  return imagesWithin(architecture, blocks, suited, memoryBytes);
}

/**
 * Samples of a step. Images are reshuffled after each full round; an image's views take turns by round.
 */
export function samplesOfStep(
  { seed, batch, views }: Pick<TrainingPlan, 'seed' | 'batch' | 'views'>,
  imageCount: number,
  step: number,
): NumberedView[] {
  const everyImage = Array.from({ length: imageCount }, (_, index) => index);
  const samples: NumberedView[] = [];
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
