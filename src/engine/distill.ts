import { join } from 'node:path';
import type { DistillOptions, DistillRequest } from '../contract/jobs.ts';
import { classBaselinesOf } from '../contract/judgement.ts';
import type { ClassCard } from '../contract/model-card.ts';
import type { ClassSummary, DistillSummary, ParityReport } from '../contract/results.ts';
import { viewRecipe } from '../core/distill/views.ts';
import { UserError } from '../core/errors.ts';
import { preparationOf } from '../core/image/preparation.ts';
import type { Preparation } from '../core/image/preparation.ts';
import { mergeAdapters } from '../core/lora/adapters.ts';
import { Random } from '../core/random.ts';
import { readImage } from '../formats/images.ts';
import { placeName } from '../formats/labelled-images.ts';
import type { FoundImage, ImageProblem, LabelledImage } from '../formats/labelled-images.ts';
import { compareEncoders } from './comparison.ts';
import type { HeadImages } from './comparison.ts';
import { chooseForHead, labelIndices, openDataset } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { openFileExecutor } from './devices/open-executor.ts';
import { exportClassifier } from './export-classifier.ts';
import type { ClassifyingStudent } from './export-classifier.ts';
import { openGlimpses } from './glimpses.ts';
import { imagesToInfer } from './inference.ts';
import type { InputForm } from './inference.ts';
import type { JobContext } from './job.ts';
import { rasterBudget } from './memory-budget.ts';
import { openRasters } from './raster-store.ts';
import type { RasterStore } from './raster-store.ts';
import type { SetAside } from './recipe/set-aside.ts';
import type { ProbeImages } from './recipe/student-judge.ts';
import { requireSeen } from './seen-options.ts';
import { openOutlines } from './segmentation/open-outlines.ts';
import { distillOutlines } from './segmentation/distill-outlines.ts';
import {
  copyCard,
  deliver,
  describeStudent,
  runStudentJob,
  secondsOf,
  summaryName,
} from './student-job.ts';
import type { StudentJob } from './student-job.ts';
import { trainAdapters } from './student-training.ts';
import type { Trained, TrainingImages } from './student-training.ts';
import type { Teacher } from './teacher.ts';
import type { OpenWatch } from './training.ts';
import { resizedCrops } from './view-source.ts';
import type { DistillHabits, DistillOutcome } from './student-outcome.ts';

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
  requireSeen(request);
  if (request.task === 'segmentation') {
    const dataset = await openOutlines(request, context);
    try {
      return (await distillOutlines(request, dataset, context)).summary;
    } finally {
      await dataset.close();
    }
  }
  const { summary } = await distillImages(request, await openDataset(request), context);
  return summary;
}

/** The job on images that are known already; throws as `distill`. */
export async function distillImages(
  request: DistillOptions,
  dataset: Dataset,
  context: JobContext,
  { keepCheckpoint = false, glimpses = false, expected }: DistillHabits = {},
): Promise<DistillOutcome> {
  for (const problem of dataset.problems) context.report({ type: 'skipped', ...problem });
  const options = { usual: 'classification', keepCheckpoint, expected } as const;
  return runStudentJob(request, context, options, async (job) => {
    const { imageSize } = job.teacher.model.architecture;
    const preparation = preparationOf(request.preparation);
    const budget = rasterBudget(job.memory);
    const store = await openRasters(dataset.distilled, imageSize, preparation, budget, context);
    const labelled = chooseForHead(dataset, store.images, request.seed, context);
    await requireReadable(dataset, preparation);
    const images = { count: store.images.length, at: (index: number) => store.at(index) };
    const recipe = viewRecipe(request.orientation);
    const source = resizedCrops(images, request.seed, recipe, imageSize, context.signal);
    const classes = { ...job, dataset, labelled, store };
    const watch = glimpses ? watchOf(classes) : undefined;
    const chosen = new Set<LabelledImage>(labelled);
    const training: TrainingImages = {
      source,
      // Labels beyond those that were asked for (--per-class) choose nothing either.
      images: store.images.map((image) => ({ ...image, image, isLabelled: chosen.has(image) })),
      probe: (split) => probeImages(classes, split),
    };
    const rate = (origin: 'fitted' | 'copy'): number => usualRate(origin, job.request.batch);
    const trained = await trainAdapters(job, training, rate, watch);
    return deliver(job, trained, () => finish(classes, trained));
  });
}

/** A job whose images were read. */
interface ClassJob extends StudentJob {
  readonly dataset: Dataset;
  readonly labelled: readonly LabelledImage[];
  readonly store: RasterStore<LabelledImage>;
}

/** Peak learning rates at a batch of 256: a fitted start needs smaller steps than the way from the plain copy. */
const baseRates = { copy: 6e-3, fitted: 3e-3 } as const;

/** The peak learning rate where nobody says it: it follows the batch (WeCoLoRA's settings). */
export function usualRate(origin: keyof typeof baseRates, batch: number): number {
  return (baseRates[origin] * batch) / 256;
}

/** The labelled images by what the probe that compares states of the student does with them. */
function probeImages(
  { labelled, dataset, store, teacher, request }: ClassJob,
  { seen, aside }: SetAside,
): ProbeImages {
  const { classes, task } = dataset;
  const chosen = new Set<LabelledImage>(labelled);
  const of = (indices: readonly number[]): LabelledImage[] =>
    indices.flatMap((index) => store.images[index] ?? []).filter((image) => chosen.has(image));
  // In no order by class, since not all may be used.
  const learnt = new Random(request.seed, 0x960be).shuffled(of(seen));
  return {
    ...{ classes, task, form: inputForm(teacher, request), aside: of(aside) },
    learnt,
  };
}

function watchOf({ labelled, dataset, teacher, request, executor, context }: ClassJob): OpenWatch {
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
  const batch = imagesToInfer(model.architecture);
  return { batch, imageSize, channels, framing, preparation: preparationOf(preparation) };
}

async function finish(job: ClassJob, trained: Trained): Promise<DistillOutcome> {
  const { request, context, teacher, blocks, copy, dataset, store, output, executor } = job;
  const { base, layout, adapters, state } = trained;
  const form = inputForm(teacher, request);
  const { classes, task, tested } = dataset;
  // Filled in where reading fails a second time: the files may have changed meanwhile.
  const problems: ImageProblem[] = [];
  const compared = await compareEncoders(
    [teacher.model, copy, mergeAdapters(base, layout, adapters.data)],
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
  const card: ClassCard = {
    ...describeStudent(job, trained.recipe),
    classes: [...classes],
    task,
    metrics: {
      teacher: candidates.teacher.report.accuracy,
      copy: candidates.copy.report.accuracy,
      student: candidates.student.report.accuracy,
      images: readable.tested.length,
    },
  };
  const none = { shape: [layout.size], data: new Float32Array(layout.size) };
  const written: readonly ClassifyingStudent[] = [
    { base, layout, adapters, head: student.head },
    // Where the plain copy did better on the test images, a person can take it instead.
    ...(student.report.accuracy.value < copyCandidate.report.accuracy.value
      ? [{ stem: 'copy' as const, base: copy, layout, adapters: none, head: copyCandidate.head }]
      : []),
  ];
  const exported = { files: [] as string[], parity: [] as ParityReport[] };
  for (const each of written) {
    const { files, parity } = await exportClassifier(
      each,
      each.stem === 'copy' ? copyCard(card) : card,
      readable.tested,
      output.staging,
      openFileExecutor(request.threads),
      context,
    );
    exported.files.push(...files);
    if (each.stem === undefined) exported.parity.push(...parity);
  }
  const summary: ClassSummary = {
    baselines: classBaselinesOf({ task, classes, teacher: candidates.teacher.report }),
    teacher: candidates.teacher.report,
    copy: candidates.copy.report,
    student: candidates.student.report,
    recipe: trained.recipe,
    loss: trained.loss,
    seconds: secondsOf(job),
    skip: card.student.skip,
    blocks: [...blocks],
    rank: request.rank,
    precision: request.precision,
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

function without<T extends FoundImage>(
  problems: readonly ImageProblem[],
  images: readonly T[],
): T[] {
  const paths = new Set(problems.map(({ path }) => path));
  return images.filter((image) => !paths.has(placeName(image)));
}
