import { lossOf } from '../../core/distill/candidates.ts';
import { adapterLayout, initialAdapters } from '../../core/vit/adapters.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { ViewPrefetch, drawingThreads } from './view-prefetch.ts';
import { beginFingerprint } from './fingerprint.ts';
import type { RunFingerprint } from './fingerprint.ts';
import { fitCopy } from './fitting.ts';
import { targetBudget } from '../devices/memory-budget.ts';
import { BestKeeper } from './recipe/best-keeper.ts';
import type { KeeperState } from './recipe/best-keeper.ts';
import { chooseStart } from './recipe/choose-start.ts';
import type { ChosenStart } from './recipe/choose-start.ts';
import { keptMessage, recipeReport } from './recipe/report.ts';
import { setAside, viewsOf } from './recipe/set-aside.ts';
import type { SetAside } from './recipe/set-aside.ts';
import { StudentEvaluator } from './recipe/student-evaluator.ts';
import { initialState, runStopped } from './resume.ts';
import { secondsOf } from './deliver.ts';
import type { StudentJob, Trained, TrainingImages } from './student-task.ts';
import { trainStudent } from './training.ts';
import type { OpenWatch, TrainingResult, TrainingState } from './training.ts';
import type { ViewSource } from '../images/view-source.ts';
import type { TrainingPlan } from './training-plan.ts';

/**
 * Distillation of a job: reserves images, chooses the starting point on them, trains the adapters, and keeps the best
 * state.
 */

/**
 * Trains the adapters; saves a checkpoint before anything else follows.
 *
 * @param usualRate default peak learning rate, by the student's starting point
 */
export async function trainAdapters(
  job: StudentJob,
  images: TrainingImages,
  usualRate: (origin: KeeperState['origin']) => number,
  openWatch?: OpenWatch,
): Promise<Trained> {
  const { request, teacher, blocks, context, output, executor } = job;
  const split = setAside(images.images, request.seed);
  const views = new ViewPrefetch(images.source, drawingThreads(executor));
  const plan = planOf(job);
  const marks = { request, plan, teacher, blocks, recipe: images.source.recipe };
  const found = images.images.map(({ image }) => image);
  const fingerprint = beginFingerprint(marks, found, context.signal);
  try {
    // Before the fit, which would be wasted if the checkpoint belongs to another run.
    const initial = await initialState(request, plan, output.path, fingerprint, context);
    const evaluated = evaluationImages(images, split, request.views);
    const evaluator = await StudentEvaluator.open(
      plan.teacher,
      evaluated,
      plan.seed,
      executor,
      context,
    );
    try {
      const source = split.aside.length === 0 ? views : viewsOf(views, split.seen);
      const begun = await beginAt(job, plan, source, evaluator, initial.keeper);
      const peakLearningRate = request.learningRate ?? usualRate(begun.state.origin);
      const whole = { ...plan, copy: begun.base, peakLearningRate };
      const keeper = new BestKeeper(
        await evaluator.student(whole),
        plan.steps,
        context,
        begun.state,
      );
      try {
        const result = await learn(job, whole, source, { initial, keeper, fingerprint, openWatch });
        return { ...result, ...bestOf(job, whole, keeper.state, evaluator.tested) };
      } finally {
        await keeper.close();
      }
    } finally {
      await evaluator.close();
    }
  } finally {
    fingerprint.close();
    await views.close();
  }
}

/** Training plan without the learning rate, which depends on the starting point. */
type BegunPlan = Omit<TrainingPlan, 'peakLearningRate'>;

function planOf({ request, teacher, copy, memory }: StudentJob): BegunPlan {
  const { steps, batch, seed, views } = request;
  const layout = adapterLayout(copy.architecture, request.rank);
  const cacheBytes = targetBudget(memory);
  return { teacher: teacher.model, copy, layout, steps, batch, seed, views, cacheBytes };
}

/**
 * Images on which states of the student are compared: not used for training, if some can be spared.
 */
function evaluationImages(
  images: TrainingImages,
  split: SetAside,
  view: number,
): Parameters<typeof StudentEvaluator.open>[1] {
  const isSpared = split.aside.length > 0;
  return {
    source: viewsOf(images.source, isSpared ? split.aside : split.seen),
    view,
    probe: isSpared ? images.probe?.(split) : undefined,
  };
}

/** Chooses the student's starting point; a resumed run keeps its own. */
async function beginAt(
  { request, context, blocks, copy, executor }: StudentJob,
  { teacher, layout, seed, views }: BegunPlan,
  source: ViewSource,
  evaluator: StudentEvaluator,
  known: KeeperState | undefined,
): Promise<ChosenStart> {
  const fit = (): Promise<VitModel> =>
    fitCopy({ teacher, copy, blocks, views }, source, executor, context);
  if (known) return { base: known.origin === 'copy' ? copy : await fit(), state: known };
  return chooseStart({ asked: request.start, copy, layout, seed, fit }, evaluator, context);
}

interface Learning {
  readonly initial: TrainingState;
  readonly keeper: BestKeeper;
  readonly fingerprint: RunFingerprint;
  readonly openWatch: OpenWatch | undefined;
}

/**
 * Trains and saves checkpoints.
 *
 * @throws UserError as `trainStudent`, and 'cancelled' after saving the checkpoint
 */
async function learn(
  job: StudentJob,
  plan: TrainingPlan,
  source: ViewSource,
  { initial, keeper, fingerprint, openWatch }: Learning,
): Promise<TrainingResult> {
  const { context, output, executor, kept } = job;
  const save = async (state: TrainingState): Promise<void> => {
    await saveCheckpoint(output.path, await fingerprint.own, state, secondsOf(job));
    kept.isNew = true;
  };
  const parts = { source, save, openWatch, keeper };
  const result = await trainStudent(plan, initial, parts, executor, context);
  // Progress must survive a full disk and a second Ctrl-C. A run without a completed step leaves an earlier run's
  // checkpoint unchanged.
  const hasLearnt = result.state.step > initial.step;
  if (hasLearnt) await save(result.state);
  if (context.signal.aborted)
    throw runStopped(output.path, result.state, hasLearnt || initial.step > 0);
  return result;
}

/** Returns the state that was best on the reserved images. */
function bestOf(
  { copy, request, context }: StudentJob,
  { layout, copy: base, steps }: TrainingPlan,
  state: KeeperState,
  tested: number,
): Omit<Trained, keyof TrainingResult> {
  const recipe = recipeReport(state, tested);
  const message = keptMessage(recipe, steps);
  if (message !== undefined) context.report({ type: 'notice', topic: 'recipe', message });
  const { kept, adapters } = state.champion;
  // Initial adapters add nothing.
  const none = { shape: [layout.size], data: initialAdapters(layout, request.seed) };
  return {
    base: kept === 'copy' ? copy : base,
    layout,
    adapters: adapters ?? none,
    recipe,
    loss: { first: lossOf(state.copy), last: lossOf(state.champion.measured) },
  };
}
