import { availableParallelism, freemem } from 'node:os';
import { basename, join } from 'node:path';
import type { DeviceName, DistillOptions } from '../contract/jobs.ts';
import { precisionOn, usualTraining } from '../contract/jobs.ts';
import type { ModelCard } from '../contract/model-card.ts';
import type { DistillSummary, RecipeReport } from '../contract/results.ts';
import { lossOf } from '../core/distill/candidates.ts';
import { hasRoom, roomOf, trainingMemory } from '../core/distill/memory.ts';
import { UserError } from '../core/errors.ts';
import { preparationOf } from '../core/image/preparation.ts';
import { adapterLayout, initialAdapters } from '../core/lora/adapters.ts';
import type { Tensor } from '../core/tensor.ts';
import { copyBlocks, keptBlocks } from '../core/vit/copy.ts';
import type { VitModel } from '../core/vit/weights.ts';
import { writeFileAtomically } from '../formats/write-file.ts';
import type { Executor } from '../runtime/executor.ts';
import { runtimeVersion } from '../runtime/onnxruntime.ts';
import {
  checkpointPath,
  checkpointProgress,
  decodersPath,
  removeCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts';
import { chooseDevice } from './devices/choose-device.ts';
import { memoryOf } from './devices/device-memory.ts';
import { holdDevice } from './devices/hold-gpu.ts';
import type { HeldDevice } from './devices/hold-gpu.ts';
import { openExecutor } from './devices/open-executor.ts';
import { requirePossible } from './devices/possible-devices.ts';
import { withProcessorBehind } from './devices/processor-behind.ts';
import { exportNames } from './export.ts';
import { DrawnAhead, drawingThreads } from './drawn-ahead.ts';
import { beginFingerprint } from './fingerprint.ts';
import type { RunFingerprint } from './fingerprint.ts';
import { fitCopy } from './fitting.ts';
import type { JobContext } from './job.ts';
import { targetBudget } from './memory-budget.ts';
import { openOutputFolder } from './output-folder.ts';
import type { OutputFolder } from './output-folder.ts';
import { BestKeeper } from './recipe/best-keeper.ts';
import type { KeeperState } from './recipe/best-keeper.ts';
import { chooseStart } from './recipe/choose-start.ts';
import type { ChosenStart } from './recipe/choose-start.ts';
import { keptMessage, recipeReport } from './recipe/report.ts';
import { setAside, viewsOf } from './recipe/set-aside.ts';
import type { AsideCandidate, SetAside } from './recipe/set-aside.ts';
import { StudentJudge } from './recipe/student-judge.ts';
import type { JudgedImages, ProbeImages } from './recipe/student-judge.ts';
import { initialState, noteNoCheckpoint, stopped, withCheckpoint } from './resume.ts';
import { saidInput } from './teacher-words.ts';
import { openTeacher } from './teacher.ts';
import type { Teacher } from './teacher.ts';
import { trainStudent } from './training.ts';
import type { OpenWatch, TrainingPlan, TrainingResult, TrainingState } from './training.ts';
import { version } from './version.ts';
import type { ViewSource } from './view-source.ts';

/**
 * What every distillation has in common, whatever the student is for: teacher, copy and output folder before it,
 * the training of the adapters, and results that appear together once all are there.
 */

/** Options with what nobody said filled in. */
export type Recipe = Omit<DistillOptions, 'steps' | 'batch'> & {
  readonly steps: number;
  readonly batch: number;
};

/** A job whose teacher was read and whose output folder is its own. */
export interface StudentJob {
  readonly request: Recipe;
  readonly context: JobContext;
  /** When it would have begun without what interrupted it, by `performance.now`. */
  readonly start: number;
  readonly teacher: Teacher;
  /** The teacher's blocks that the copy has. */
  readonly blocks: readonly number[];
  readonly copy: VitModel;
  readonly output: OutputFolder;
  readonly executor: Executor;
  /** Whether the checkpoint in the output folder is of this job. */
  readonly kept: { isNew: boolean };
  /** Free memory at the start, bytes. */
  readonly memory: number;
}

/** A teacher as it was when it was chosen. */
export interface ExpectedTeacher {
  readonly name: string;
  readonly sha256: string;
}

export interface StudentJobOptions {
  /** What is usual where the request does not say it. */
  readonly usual: keyof typeof usualTraining;
  /** Side of the input where the request does not say it, px; the teacher's own without. */
  readonly imageSize?: (teacher: VitModel) => number;
  /** Leaves the checkpoint at the end, to whoever has yet to take the outcome in. */
  readonly keepCheckpoint: boolean;
  /** What the teacher's file must hold, where that is known. */
  readonly expected?: ExpectedTeacher | undefined;
}

/**
 * Runs a job in its output folder, which it leaves to others at the end.
 *
 * @throws UserError for everything that a person can put right
 */
export async function runStudentJob<T>(
  request: DistillOptions,
  context: JobContext,
  { usual, imageSize, keepCheckpoint, expected }: StudentJobOptions,
  work: (job: StudentJob) => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  const { steps, batch } = usualTraining[usual];
  const recipe: Recipe = {
    ...request,
    steps: request.steps ?? steps,
    batch: request.batch ?? batch,
  };
  const teacher = await openTeacher(request.teacher, request.overrides, {
    imageSize: request.imageSize ?? imageSize,
    preparation: preparationOf(request.preparation),
  });
  requireExpected(request.teacher, teacher, expected);
  const blocks = request.blocks ?? keptBlocks(teacher.model.architecture.depth, request.skip);
  const copy = copyBlocks(teacher.model, blocks);
  noteThreads(request, context);
  for (const message of saidInput(teacher)) context.report({ type: 'notice', message });
  const output = await openOutputFolder(request.out);
  try {
    await noteNoCheckpoint(request, output.path, context);
    const before = request.resume ? ((await checkpointProgress(output.path))?.seconds ?? 0) : 0;
    await output.requireFree([
      ...exportNames,
      summaryName,
      basename(checkpointPath(output.path)),
      basename(decodersPath(output.path)),
    ]);
    const { architecture } = teacher.model;
    const { overrides } = request;
    const student = {
      ...{ teacher: request.teacher, overrides, preparation: request.preparation, blocks },
      ...{ rank: recipe.rank, batch: recipe.batch, precision: recipe.precision, architecture },
    };
    const { imageSize: side } = architecture;
    const { threads } = request;
    const device = await chooseDevice(
      request.device,
      { ...student, threads, imageSize: side },
      context,
    );
    const kept = { isNew: false };
    const outcome = await withProcessorBehind(device, context, async (on, goesOn) => {
      notePrecision(on, request, context);
      requirePossible(on);
      const held = holdDevice(on, threads);
      try {
        const memoryBytes = await memoryFor(on, threads, held, context);
        requireRoom(on, trainingMemory(architecture, blocks.length, 1), memoryBytes, context);
        return await work({
          request: {
            ...recipe,
            precision: precisionOn(on, request.precision),
            resume: request.resume || (goesOn && kept.isNew),
          },
          ...{ context, teacher, blocks, copy, output, kept },
          start: begun - 1000 * before,
          executor: openExecutor(on, threads, memoryBytes, request.precision),
          memory: freemem(),
        });
      } catch (error) {
        // The window says it of its runs by itself.
        const isTold = keepCheckpoint || !(request.resume || kept.isNew);
        throw isTold ? error : await withCheckpoint(error, output.path);
      } finally {
        held.release();
      }
    });
    if (!keepCheckpoint) await removeCheckpoint(output.path);
    return outcome;
  } finally {
    await output.close();
  }
}

/** @throws UserError 'invalid-file' where another file lies in the place of the one that was chosen */
function requireExpected(file: string, { sha256 }: Teacher, expected?: ExpectedTeacher): void {
  if (expected === undefined || sha256 === expected.sha256) return;
  throw new UserError(
    'invalid-file',
    `${file} is no longer the teacher ${expected.name}: another file lies there now, or it was changed. Put the right one back, or add this one as a teacher and choose it.`,
    `${sha256}\n${expected.sha256}`,
  );
}

/** Bytes that the device has for this run. */
async function memoryFor(
  device: DeviceName,
  threads: number | undefined,
  { isShared }: HeldDevice,
  context: JobContext,
): Promise<number | undefined> {
  const memory = await memoryOf(device, threads);
  if (!isShared) return memory;
  const message =
    'Another run of Understudy computes on this GPU: both are slower, and this one takes half of its memory.';
  context.report({ type: 'notice', message });
  return memory === undefined ? undefined : memory / 2;
}

/**
 * Says so where a student needs more than the processor has, which has a disk behind it.
 *
 * @throws UserError 'device' where a GPU cannot hold even one image at a time
 */
function requireRoom(
  device: DeviceName,
  needed: number,
  memory: number | undefined,
  context: JobContext,
): void {
  if (memory === undefined || hasRoom(needed, memory)) return;
  const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  const need = `This student needs about ${gigabytes(needed)} GiB, and of the ${device === 'cpu' ? 'computer' : 'GPU'}'s memory a run may take ${gigabytes(roomOf(memory))} GiB`;
  if (device !== 'cpu') throw new UserError('device', `${need}.`);
  const message = `${need}: it may be very slow, or be ended. Choose a smaller teacher or --image-size.`;
  context.report({ type: 'notice', message });
}

/** Taken so far, in all parts of an interrupted run. */
export function secondsOf({ start }: StudentJob): number {
  return (performance.now() - start) / 1000;
}

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

/**
 * Finishes a trained student and publishes what was written, with its summary. Where that fails the checkpoint
 * stays.
 */
export async function deliver<T extends { readonly summary: DistillSummary }>(
  { output, context }: StudentJob,
  { state }: Trained,
  finish: () => Promise<T>,
): Promise<T> {
  try {
    const outcome = await finish();
    const { summary } = outcome;
    const text = `${JSON.stringify(summary, undefined, 2)}\n`;
    await writeFileAtomically(join(output.staging, summaryName), new TextEncoder().encode(text));
    await output.publish(summary.files.map((file) => file.slice(output.path.length + 1)));
    return outcome;
  } catch (error) {
    const isCancelled = error instanceof UserError && error.code === 'cancelled';
    throw isCancelled && context.signal.aborted ? stopped(output.path, state, true) : error;
  }
}

export const summaryName = 'summary.json';

/** What models of every kind say about themselves, but for their classes and figures. */
export function describeStudent(
  { request, teacher, blocks }: StudentJob,
  { start, kept }: RecipeReport,
): Omit<ModelCard, 'task' | 'classes' | 'metrics' | 'masks'> {
  const { mean, deviation } = teacher.model.normalization;
  const { depth, imageSize, channels } = teacher.model.architecture;
  return {
    format: 1,
    versions: { understudy: version, onnxruntime: runtimeVersion },
    preprocessing: {
      imageSize,
      channels,
      framing: request.framing,
      preparation: request.preparation,
      resampling: 'bicubic, antialiased',
      range: '[0, 1]',
      mean: [...mean],
      deviation: [...deviation],
    },
    teacher: { name: teacher.name, sha256: teacher.sha256, blocks: depth },
    student: {
      blocks: [...blocks],
      skip: request.blocks ? null : request.skip,
      start: kept === 'copy' ? 'copy' : start,
      rank: request.rank,
      // Those of the state that was kept.
      steps: typeof kept === 'number' ? kept : 0,
      seed: request.seed,
      weights: 'float32',
    },
  };
}

/** What the files of the plain copy say about themselves: it learnt nothing but its head or decoder. */
export function copyCard<Card extends ModelCard>(card: Card): Card {
  return { ...card, student: { ...card.student, start: 'copy', steps: 0 } };
}

/** Says where a device does not compute as was wished for. */
function notePrecision(
  device: DeviceName,
  { precision }: DistillOptions,
  context: JobContext,
): void {
  if (precisionOn(device, precision) === precision) return;
  context.report({
    type: 'notice',
    message: `${device} computes in float32, whatever was wished for.`,
  });
}

/** More threads than processors take turns and disturb each other. */
function noteThreads({ threads = 1 }: DistillOptions, context: JobContext): void {
  const available = availableParallelism();
  if (threads <= available) return;
  context.report({
    type: 'notice',
    message: `This machine runs ${available} threads at a time; ${threads} will be slower.`,
  });
}
