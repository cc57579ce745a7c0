import { availableParallelism, freemem } from 'node:os';
import { basename, join } from 'node:path';
import type {
  DistillOptions,
  DistillRequest,
  DistillSummary,
  ModelCard,
} from '../contract/jobs.ts';
import { viewRecipe } from '../core/distill/views.ts';
import { UserError } from '../core/errors.ts';
import { preparationOf } from '../core/image/preparation.ts';
import type { Preparation } from '../core/image/preparation.ts';
import { adapterLayout, mergeAdapters } from '../core/lora/adapters.ts';
import { copyBlocks, keptBlocks } from '../core/vit/copy.ts';
import type { VitModel } from '../core/vit/weights.ts';
import { readImage } from '../formats/images.ts';
import { placeName } from '../formats/labelled-images.ts';
import type { FoundImage, ImageProblem, LabelledImage } from '../formats/labelled-images.ts';
import { writeFileAtomically } from '../formats/write-file.ts';
import type { Executor } from '../runtime/executor.ts';
import { runtimeVersion } from '../runtime/onnxruntime.ts';
import {
  checkpointPath,
  checkpointProgress,
  removeCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts';
import { compareEncoders } from './comparison.ts';
import type { Candidate, HeadImages } from './comparison.ts';
import { chooseForHead, labelIndices, openDataset } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { openExecutor } from './devices.ts';
import { exportNames, exportStudent } from './export.ts';
import { fitCopy, startOf } from './fitting.ts';
import { openGlimpses } from './glimpses.ts';
import type { InputForm } from './inference.ts';
import type { JobContext } from './job.ts';
import { rasterBudget, targetBudget } from './memory-budget.ts';
import { openOutputFolder } from './output-folder.ts';
import type { OutputFolder } from './output-folder.ts';
import { openRasters } from './raster-store.ts';
import type { RasterStore } from './raster-store.ts';
import { fingerprintOf, initialState, requireCheckpoint, stopped } from './resume.ts';
import { openTeacher, requireColour } from './teacher.ts';
import type { Teacher } from './teacher.ts';
import { trainStudent } from './training.ts';
import type { OpenWatch, TrainingPlan, TrainingResult, TrainingState } from './training.ts';
import { version } from './version.ts';
import { resizedCrops } from './view-source.ts';

/**
 * The whole job: teacher and images in; a student that was distilled, given a head, measured beside the
 * teacher and the plain copy, and exported.
 *
 * A cancelled job leaves a checkpoint in the output folder, from which `resume` goes on.
 *
 * @throws UserError for everything that a person can put right, and 'cancelled'
 */
export async function distill(
  request: DistillRequest,
  context: JobContext,
): Promise<DistillSummary> {
  const { summary } = await distillImages(request, await openDataset(request), context);
  return summary;
}

/** What became of a distillation. */
export interface DistillOutcome {
  readonly summary: DistillSummary;
  /** What the three said of each test image. */
  readonly answers: readonly ImageAnswers[];
}

/** Indices of classes; the path is as `placeName` has it. */
export interface ImageAnswers {
  readonly path: string;
  readonly truth: readonly number[];
  readonly teacher: readonly number[];
  readonly copy: readonly number[];
  readonly student: readonly number[];
}

export interface DistillHabits {
  /** Leaves the checkpoint at the end, to whoever has yet to take the outcome in. */
  readonly keepCheckpoint?: boolean;
  /** Reports now and then what the student is worth, for whoever can show it. */
  readonly glimpses?: boolean;
}

/** The job on images that are known already; throws as `distill`. */
export async function distillImages(
  request: DistillOptions,
  dataset: Dataset,
  context: JobContext,
  { keepCheckpoint = false, glimpses = false }: DistillHabits = {},
): Promise<DistillOutcome> {
  const begun = performance.now();
  const teacher = await openTeacher(request.teacher, request.overrides, request.imageSize);
  requireColour(request.teacher, teacher.model.architecture.channels);
  const blocks = request.blocks ?? keptBlocks(teacher.model.architecture.depth, request.skip);
  const copy = copyBlocks(teacher.model, blocks);
  for (const problem of dataset.problems) context.report({ type: 'skipped', ...problem });
  noteThreads(request, context);
  const output = await openOutputFolder(request.out);
  try {
    await requireCheckpoint(request, output.path);
    const before = request.resume ? ((await checkpointProgress(output.path))?.seconds ?? 0) : 0;
    const start = begun - 1000 * before;
    await output.requireFree([...exportNames, summaryName, basename(checkpointPath(output.path))]);
    const executor = openExecutor(request.device, request.threads);
    const memory = freemem();
    const { imageSize } = teacher.model.architecture;
    const preparation = preparationOf(request.preparation);
    const budget = rasterBudget(memory);
    const store = await openRasters(dataset.distilled, imageSize, preparation, budget, context);
    const labelled = chooseForHead(dataset, store.images, request.seed, context);
    await requireReadable(dataset, preparation);
    const job = {
      request,
      context,
      start,
      teacher,
      blocks,
      copy,
      dataset,
      labelled,
      store,
      output,
    };
    const trained = await train({ ...job, executor, memory }, glimpses);
    const outcome = await deliver({ ...job, executor, memory }, trained);
    if (!keepCheckpoint) await removeCheckpoint(output.path);
    return outcome;
  } finally {
    await output.close();
  }
}

/** A job whose input was read. */
interface Job {
  readonly request: DistillOptions;
  readonly context: JobContext;
  /** When it would have begun without what interrupted it, by `performance.now`. */
  readonly start: number;
  readonly teacher: Teacher;
  /** The teacher's blocks that the copy has. */
  readonly blocks: readonly number[];
  readonly copy: VitModel;
  readonly dataset: Dataset;
  readonly labelled: readonly LabelledImage[];
  readonly store: RasterStore<LabelledImage>;
  readonly output: OutputFolder;
  readonly executor: Executor;
  /** Free memory at the start, bytes. */
  readonly memory: number;
}

/** Taken so far, in all parts of an interrupted run. */
function secondsOf({ start }: Job): number {
  return (performance.now() - start) / 1000;
}

/** What training made of the copy. */
interface Trained extends TrainingResult {
  /** What the adapters sit on. */
  readonly base: VitModel;
  readonly layout: TrainingPlan['layout'];
}

/** The distillation itself; what was learnt is in the checkpoint before anything else happens. */
async function train(job: Job, glimpses: boolean): Promise<Trained> {
  const { request, context, teacher, blocks, copy, store, output, executor, memory } = job;
  const { seed, views } = request;
  const recipe = viewRecipe(request.orientation);
  const { imageSize } = teacher.model.architecture;
  const images = { count: store.images.length, get: (index: number) => store.get(index) };
  const source = resizedCrops(images, seed, recipe, imageSize);
  const start = startOf(request.start, teacher.model.architecture.depth, blocks.length);
  const fit = { teacher: teacher.model, copy, blocks, views };
  const base = start === 'copy' ? copy : await fitCopy(fit, source, executor, context);
  const plan: TrainingPlan = {
    teacher: teacher.model,
    copy: base,
    layout: adapterLayout(copy.architecture, request.rank),
    steps: request.steps,
    batch: request.batch,
    peakLearningRate: request.learningRate ?? (6e-3 * request.batch) / 256,
    seed,
    views,
    cacheBytes: targetBudget(memory),
  };
  const fingerprint = await fingerprintOf(
    plan,
    teacher,
    blocks,
    start,
    source.recipe,
    store.images,
  );
  const initial = await initialState(request, plan, output.path, fingerprint, context);
  const save = (state: TrainingState): Promise<void> =>
    saveCheckpoint(output.path, fingerprint, state, secondsOf(job));
  const result = await trainStudent(
    plan,
    initial,
    source,
    executor,
    context,
    save,
    glimpses ? watchOf(job) : undefined,
  );
  // What was learnt must survive a full disk and a second Ctrl-C. A run that did no step leaves an
  // earlier run's checkpoint as it was.
  if (result.state.step > initial.step) {
    await save(result.state);
  }
  const { step } = result.state;
  if (context.signal.aborted)
    throw stopped(output.path, result.state, step > initial.step || request.resume);
  return { ...result, base, layout: plan.layout };
}

function watchOf({ labelled, dataset, teacher, request, executor, context }: Job): OpenWatch {
  const { classes, task } = dataset;
  const form = inputForm(teacher, request);
  return (plan, graph) =>
    openGlimpses(plan, { labelled, classes, task, form }, graph, executor, context);
}

function inputForm(
  { model }: Teacher,
  { framing, preparation }: Pick<DistillOptions, 'framing' | 'preparation'>,
): InputForm {
  const { imageSize, channels } = model.architecture;
  return { imageSize, channels, framing, preparation: preparationOf(preparation) };
}

/** Gives the student its head, measures and exports it. Where that fails the checkpoint stays. */
async function deliver(job: Job, trained: Trained): Promise<DistillOutcome> {
  const { output, context } = job;
  try {
    const outcome = await finish(job, trained);
    const { summary } = outcome;
    const text = `${JSON.stringify(summary, undefined, 2)}\n`;
    await writeFileAtomically(join(output.staging, summaryName), new TextEncoder().encode(text));
    await output.publish(summary.files.map((file) => file.slice(output.path.length + 1)));
    return outcome;
  } catch (error) {
    const isCancelled = error instanceof UserError && error.code === 'cancelled';
    throw isCancelled && context.signal.aborted ? stopped(output.path, trained.state, true) : error;
  }
}

const summaryName = 'summary.json';

async function finish(job: Job, trained: Trained): Promise<DistillOutcome> {
  const { request, context, teacher, blocks, copy, dataset, store, output, executor } = job;
  const { base, layout, state } = trained;
  const form = inputForm(teacher, request);
  const { classes, task, tested } = dataset;
  // Filled in where reading fails a second time: the files may have changed meanwhile.
  const problems: ImageProblem[] = [];
  const compared = await compareEncoders(
    [teacher.model, copy, mergeAdapters(base, layout, state.parameters.data)],
    { classes, task, tested, labelled: job.labelled },
    form,
    request.seed,
    executor,
    context,
    problems,
  );
  const [teacherCandidate, copyCandidate, student] = compared.candidates;
  if (!teacherCandidate || !copyCandidate || !student) throw new Error('a candidate is missing');
  const readable: HeadImages = {
    classes,
    task,
    labelled: without(problems, job.labelled),
    tested: compared.tested,
  };
  const candidates = { teacher: teacherCandidate, copy: copyCandidate, student };
  const card = describeModel(request, teacher, readable, blocks, form, candidates, state.step);
  const exported = await exportStudent(
    { base, layout, adapters: state.parameters, head: student.head },
    card,
    readable.tested,
    output.staging,
    executor,
    context,
  );
  const summary: DistillSummary = {
    teacher: candidates.teacher.report,
    copy: candidates.copy.report,
    student: candidates.student.report,
    loss: { first: state.firstLoss, last: state.lastLoss },
    seconds: secondsOf(job),
    skip: card.student.skip,
    blocks: [...blocks],
    rank: request.rank,
    steps: state.step,
    classes: [...classes],
    task,
    images: {
      distilled: store.images.length,
      labelled: readable.labelled.length,
      tested: readable.tested.length,
      skipped: [...dataset.problems, ...store.problems, ...problems],
    },
    targetCacheHits: trained.targetCacheHits,
    parity: exported.parity.map((report) => ({ ...report, file: join(output.path, report.file) })),
    files: [...exported.files, summaryName].map((name) => join(output.path, name)),
  };
  const answers = compared.tested.map((image, index) => ({
    path: placeName(image),
    truth: labelIndices(image, classes, dataset.origin),
    teacher: candidates.teacher.answers[index] ?? [],
    copy: candidates.copy.answers[index] ?? [],
    student: candidates.student.answers[index] ?? [],
  }));
  return { summary, answers };
}

/** Without one test image nothing can be measured; better known before the training than after. */
async function requireReadable(
  { origin, tested }: Dataset,
  preparation: Preparation,
): Promise<void> {
  let first = '';
  for (const image of tested) {
    try {
      await readImage(image, preparation);
      return;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (first === '') first = error.message;
    }
  }
  throw new UserError(
    'no-images',
    `${origin}: none of the ${tested.length} test images could be read. The first: ${first}`,
  );
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

function without<T extends FoundImage>(
  problems: readonly ImageProblem[],
  images: readonly T[],
): T[] {
  const paths = new Set(problems.map(({ path }) => path));
  return images.filter((image) => !paths.has(placeName(image)));
}

function describeModel(
  request: DistillOptions,
  teacher: Teacher,
  { classes, task, tested }: HeadImages,
  blocks: readonly number[],
  form: InputForm,
  candidates: Readonly<Record<'teacher' | 'copy' | 'student', Candidate>>,
  steps: number,
): ModelCard {
  const { mean, deviation } = teacher.model.normalization;
  return {
    format: 1,
    versions: { understudy: version, onnxruntime: runtimeVersion },
    classes: [...classes],
    task,
    preprocessing: {
      imageSize: form.imageSize,
      channels: form.channels,
      framing: form.framing,
      preparation: request.preparation,
      resampling: 'bicubic, antialiased',
      range: '[0, 1]',
      mean: [...mean],
      deviation: [...deviation],
    },
    teacher: {
      name: teacher.name,
      sha256: teacher.sha256,
      blocks: teacher.model.architecture.depth,
    },
    student: {
      blocks: [...blocks],
      skip: request.blocks ? null : request.skip,
      start: startOf(request.start, teacher.model.architecture.depth, blocks.length),
      rank: request.rank,
      steps,
      seed: request.seed,
      weights: 'float32',
    },
    metrics: {
      teacher: candidates.teacher.report.accuracy,
      copy: candidates.copy.report.accuracy,
      student: candidates.student.report.accuracy,
      images: tested.length,
    },
  };
}
