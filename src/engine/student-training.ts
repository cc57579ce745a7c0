import type { DistillSummary, RecipeReport } from '../contract/results.ts';
import { lossOf } from '../core/distill/candidates.ts';
import { adapterLayout, initialAdapters } from '../core/lora/adapters.ts';
import type { Tensor } from '../core/tensor.ts';
import type { VitModel } from '../core/vit/weights.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { DrawnAhead, drawingThreads } from './drawn-ahead.ts';
import { beginFingerprint } from './fingerprint.ts';
import type { RunFingerprint } from './fingerprint.ts';
import { fitCopy } from './fitting.ts';
import { targetBudget } from './memory-budget.ts';
import { BestKeeper } from './recipe/best-keeper.ts';
import type { KeeperState } from './recipe/best-keeper.ts';
import { chooseStart } from './recipe/choose-start.ts';
import type { ChosenStart } from './recipe/choose-start.ts';
import { keptMessage, recipeReport } from './recipe/report.ts';
import { setAside, viewsOf } from './recipe/set-aside.ts';
import type { AsideCandidate, SetAside } from './recipe/set-aside.ts';
import { StudentJudge } from './recipe/student-judge.ts';
import type { JudgedImages, ProbeImages } from './recipe/student-judge.ts';
import { initialState, stopped } from './resume.ts';
import { secondsOf } from './student-job.ts';
import type { StudentJob } from './student-job.ts';
import { trainStudent } from './training.ts';
import type { OpenWatch, TrainingResult, TrainingState } from './training.ts';
import type { ViewSource } from './view-source.ts';
import type { TrainingPlan } from './training-plan.ts';

/**
 * The distillation of a job: images are set aside, the start is chosen on them, the adapters are trained, and the best
 * state is kept.
 */

/** What a task's images are to the training. */
export interface TrainingImages {
  readonly source: ViewSource;
  /** What the views are of, one by one: a checkpoint knows its run by them, and some are set aside. */
  readonly images: readonly AsideCandidate[];
  /** Labelled images for the probe that compares states of the student, by the images' indices. */
  probe?(split: SetAside): ProbeImages;
}

/** What training made of the copy: the state that was kept. */
export interface Trained extends TrainingResult {
  /** What the adapters sit on. */
  readonly base: VitModel;
  readonly layout: TrainingPlan['layout'];
  readonly adapters: Tensor;
  readonly recipe: RecipeReport;
  /** Of the plain copy and of the state that was kept, on the same views, which training did not see. */
  readonly loss: DistillSummary['loss'];
}

/**
 * The distillation itself; what was learnt is in the checkpoint before anything else happens.
 *
 * @param usualRate the peak learning rate where the request does not say it, by where the student begins
 */
export async function trainAdapters(
  job: StudentJob,
  images: TrainingImages,
  usualRate: (origin: KeeperState['origin']) => number,
  openWatch?: OpenWatch,
): Promise<Trained> {
  const views = new DrawnAhead(images.source, drawingThreads(job.executor));
  const split = setAside(images.images, job.request.seed);
  const { seen, aside } = split;
  const training = aside.length === 0 ? views : viewsOf(views, seen);
  const judged: JudgedImages = {
    source: viewsOf(images.source, aside.length === 0 ? seen : aside),
    view: job.request.views,
    probe: aside.length === 0 ? undefined : images.probe?.(split),
  };
  const found = images.images.map(({ image }) => image);
  const { request, teacher, blocks, context } = job;
  const plan = planOf(job);
  const marks = { request, plan, teacher, blocks, recipe: images.source.recipe };
  const fingerprint = beginFingerprint(marks, found, context.signal);
  const work = { plan, source: training, judged, usualRate };
  try {
    return await trainPlan(job, work, fingerprint, openWatch);
  } finally {
    fingerprint.close();
    await views.close();
  }
}

/** Without the learning rate, which follows from where the student begins. */
type BegunPlan = Omit<TrainingPlan, 'peakLearningRate'>;

function planOf({ request, teacher, copy, memory }: StudentJob): BegunPlan {
  const { steps, batch, seed, views } = request;
  const layout = adapterLayout(copy.architecture, request.rank);
  const cacheBytes = targetBudget(memory);
  return { teacher: teacher.model, copy, layout, steps, batch, seed, views, cacheBytes };
}

interface TrainingWork {
  readonly plan: BegunPlan;
  readonly source: ViewSource;
  readonly judged: JudgedImages;
  usualRate(origin: KeeperState['origin']): number;
}

async function trainPlan(
  job: StudentJob,
  work: TrainingWork,
  fingerprint: RunFingerprint,
  openWatch?: OpenWatch,
): Promise<Trained> {
  const { request, context, output, executor } = job;
  // Before the fit, which a checkpoint of another run would make for nothing.
  const initial = await initialState(request, work.plan, output.path, fingerprint, context);
  const { judge, base, state: begun } = await beginTraining(job, work, initial.keeper);
  const save = async (state: TrainingState): Promise<void> => {
    await saveCheckpoint(output.path, await fingerprint.own, state, secondsOf(job));
    job.kept.isNew = true;
  };
  const peakLearningRate = request.learningRate ?? work.usualRate(begun.origin);
  const plan = { ...work.plan, copy: base, peakLearningRate };
  const keeper = new BestKeeper(await judge.student(plan), plan.steps, context, begun);
  const rest = [executor, context, save, openWatch, keeper] as const;
  try {
    const result = await trainStudent(plan, initial, work.source, ...rest);
    // What was learnt must survive a full disk and a second Ctrl-C. A run that did no step leaves an
    // earlier run's checkpoint as it was.
    if (result.state.step > initial.step) await save(result.state);
    const { step } = result.state;
    if (context.signal.aborted)
      throw stopped(output.path, result.state, step > initial.step || initial.step > 0);
    return { ...result, ...bestOf(job, plan, keeper.state, judge.tested) };
  } finally {
    await keeper.close();
    await judge.close();
  }
}

/** Opens the judge, and chooses where the student begins; a resumed run begins where it did. */
async function beginTraining(
  { request, context, blocks, copy, executor }: StudentJob,
  { plan, source, judged }: TrainingWork,
  known: KeeperState | undefined,
): Promise<{ judge: StudentJudge } & ChosenStart> {
  const { teacher, layout, seed, views } = plan;
  const fit = (): Promise<VitModel> =>
    fitCopy({ teacher, copy, blocks, views }, source, executor, context);
  if (known) {
    const base = known.origin === 'copy' ? copy : await fit();
    const judge = await StudentJudge.open(teacher, judged, seed, executor, context);
    return { judge, base, state: known };
  }
  const judge = await StudentJudge.open(teacher, judged, seed, executor, context);
  const chosen = await chooseStart(
    { asked: request.start, copy, layout, seed, fit },
    judge,
    context,
  );
  return { judge, ...chosen };
}

/** The state that was best on images that were set aside. */
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
  // Adapters as they begin add nothing.
  const none = { shape: [layout.size], data: initialAdapters(layout, request.seed) };
  return {
    ...{ base: kept === 'copy' ? copy : base, layout, adapters: adapters ?? none, recipe },
    loss: { first: lossOf(state.copy), last: lossOf(state.champion.measured) },
  };
}
