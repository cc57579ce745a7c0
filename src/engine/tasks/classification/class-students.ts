import { join } from 'node:path';
import type { DistillOptions } from '../../../contract/jobs.ts';
import { classBaselinesOf } from '../../../contract/judgement.ts';
import type { ClassCard } from '../../../contract/model-card.ts';
import type { ClassSummary } from '../../../contract/results.ts';
import { viewRecipe } from '../../../core/distill/views.ts';
import { UserError } from '../../../core/errors.ts';
import { preparationOf } from '../../../core/image/preparation.ts';
import type { Preparation } from '../../../core/image/preparation.ts';
import { mergeAdapters } from '../../../core/vit/adapters.ts';
import { Random } from '../../../core/random.ts';
import { readImage } from '../../../formats/images.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type {
  FoundImage,
  ImageProblem,
  LabelledImage,
} from '../../../formats/labels/labelled-images.ts';
import { rasterBudget } from '../../devices/memory-budget.ts';
import { openFileExecutor } from '../../devices/open-executor.ts';
import { chooseForHead, labelIndices } from '../../images/dataset.ts';
import type { Dataset } from '../../images/dataset.ts';
import { openRasters } from '../../images/raster-store.ts';
import type { RasterStore } from '../../images/raster-store.ts';
import { resizedCrops } from '../../images/view-source.ts';
import { imagesToInfer } from '../../models/inference.ts';
import type { InputForm } from '../../models/inference.ts';
import type { ExportResult } from '../../models/export-files.ts';
import { secondsOf, summaryName } from '../../distill/deliver.ts';
import { copyCard, describeStudent } from '../../distill/student-card.ts';
import type {
  StudentJob,
  StudentTask,
  Trained,
  TrainingImages,
} from '../../distill/student-task.ts';
import type { LoadedTeacher } from '../../teachers/teacher.ts';
import { openProbes } from '../../distill/probes.ts';
import type { SetAside } from '../../distill/recipe/set-aside.ts';
import type { ProbeImages } from '../../distill/recipe/student-evaluator.ts';
import type { OpenWatch } from '../../distill/training.ts';
import { compareEncoders } from './comparison.ts';
import type { Candidate } from './comparison.ts';
import { exportClassifier } from './export-classifier.ts';
import type { ClassifyingStudent } from './export-classifier.ts';
import { readingImagesText } from '../../../text/index.ts';

/** Result of a distillation. */
export interface ClassOutcome {
  readonly task: 'classification';
  readonly summary: ClassSummary;
  /** Predictions of the three models for each test image. */
  readonly predictions: readonly ImagePredictions[];
}

/** Class indices of one image, with its path as given by `placeName`. */
interface ImagePredictions {
  readonly path: string;
  readonly truth: readonly number[];
  readonly teacher: readonly number[];
  readonly copy: readonly number[];
  readonly student: readonly number[];
}

/**
 * Peak learning rates at a batch of 256: a fitted start needs smaller steps than the untrained copy.
 */
const baseRates = { copy: 6e-3, fitted: 3e-3 } as const;

/** Classification of whole images; the head is a linear layer. */
export const classStudents: StudentTask<Dataset, ClassOutcome> = {
  defaults: 'classification',
  // Proportional to the batch size (WeCoLoRA's settings).
  peakLearningRate: (origin, batch) => (baseRates[origin] * batch) / 256,
  async open(job, dataset) {
    const { request, context, memory } = job;
    const { imageSize } = job.teacher.model.architecture;
    const preparation = preparationOf(request.preparation);
    const budget = rasterBudget(memory);
    const store = await openRasters(dataset.distilled, imageSize, preparation, budget, context);
    const labelled = chooseForHead(dataset, store.images, request.seed, context);
    await requireReadable(dataset, preparation);
    const classes = { ...job, dataset, labelled, store };
    return {
      training: trainingImages(classes),
      openWatch: watchOf(classes),
      finish: (trained) => finish(classes, trained),
      close: () => Promise.resolve(),
    };
  },
};

/** A job with its images read. */
interface ClassJob extends StudentJob {
  readonly dataset: Dataset;
  readonly labelled: readonly LabelledImage[];
  readonly store: RasterStore<LabelledImage>;
}

function trainingImages(job: ClassJob): TrainingImages {
  const { request, context, store, labelled, teacher } = job;
  const images = { count: store.images.length, at: (index: number) => store.at(index) };
  const recipe = viewRecipe(request.orientation);
  const { imageSize } = teacher.model.architecture;
  const chosen = new Set<LabelledImage>(labelled);
  return {
    source: resizedCrops(images, request.seed, recipe, imageSize, context.signal),
    // Labels beyond the requested ones (--per-class) do not influence which images are reserved.
    images: store.images.map((image) => ({ ...image, image, isLabelled: chosen.has(image) })),
    probe: (split) => probeImages(job, split),
  };
}

/** Returns the split of the labelled images for the probe that compares states of the student. */
function probeImages(
  { labelled, dataset, store, teacher, request }: ClassJob,
  { seen, aside }: SetAside,
): ProbeImages {
  const { classes, task } = dataset;
  const chosen = new Set<LabelledImage>(labelled);
  const of = (indices: readonly number[]): LabelledImage[] =>
    indices.flatMap((index) => store.images[index] ?? []).filter((image) => chosen.has(image));
  // Shuffled, because not all may be used.
  const learnt = new Random(request.seed, 0x960be).shuffled(of(seen));
  return {
    classes,
    task,
    form: inputForm(teacher, request),
    aside: of(aside),
    learnt,
  };
}

function watchOf({ labelled, dataset, teacher, request, executor, context }: ClassJob): OpenWatch {
  const { classes, task } = dataset;
  const form = inputForm(teacher, request);
  return (plan, graph) =>
    openProbes(plan, { labelled, classes, task, form }, graph, executor, context);
}

function inputForm(
  { model }: LoadedTeacher,
  { framing, preparation }: Pick<DistillOptions, 'framing' | 'preparation'>,
): InputForm {
  const { imageSize, channels } = model.architecture;
  const batch = imagesToInfer(model.architecture);
  return { batch, imageSize, channels, framing, preparation: preparationOf(preparation) };
}

async function finish(job: ClassJob, trained: Trained): Promise<ClassOutcome> {
  const results = await compare(job, trained);
  const card = cardOf(job, trained, results);
  const exported = await exportModels(job, trained, results, card);
  return {
    task: 'classification',
    summary: summaryOf(job, trained, results, card, exported),
    predictions: predictionsOf(job, results),
  };
}

type Candidates = Readonly<Record<'teacher' | 'copy' | 'student', Candidate>>;

/** Results of the three models on the test images. */
interface TestResults {
  readonly candidates: Candidates;
  /** Readable images. */
  readonly labelled: readonly LabelledImage[];
  readonly tested: readonly LabelledImage[];
  /** Images that could be read at first and no longer. */
  readonly problems: readonly ImageProblem[];
}

async function compare(job: ClassJob, trained: Trained): Promise<TestResults> {
  const { request, context, teacher, copy, dataset, labelled, executor } = job;
  const { base, layout, adapters } = trained;
  const { classes, task, tested } = dataset;
  // Files may change during the run; a second failed read is recorded here.
  const problems: ImageProblem[] = [];
  const compared = await compareEncoders(
    [teacher.model, copy, mergeAdapters(base, layout, adapters.data)],
    { classes, task, tested, labelled },
    { form: inputForm(teacher, request), seed: request.seed, problems },
    executor,
    context,
  );
  const [ofTeacher, ofCopy, ofStudent] = compared.candidates;
  if (!ofTeacher || !ofCopy || !ofStudent)
    throw new Error('expected candidates of teacher, copy and student, got fewer');
  return {
    candidates: { teacher: ofTeacher, copy: ofCopy, student: ofStudent },
    labelled: without(problems, labelled),
    tested: compared.tested,
    problems,
  };
}

function cardOf(
  job: ClassJob,
  { recipe }: Trained,
  { candidates, tested }: TestResults,
): ClassCard {
  const { classes, task } = job.dataset;
  return {
    ...describeStudent(job, recipe),
    classes: [...classes],
    task,
    metrics: {
      teacher: candidates.teacher.report.accuracy,
      copy: candidates.copy.report.accuracy,
      student: candidates.student.report.accuracy,
      images: tested.length,
    },
  };
}

/** Exports the student and, if the untrained copy performed better on the test images, the copy as an alternative. */
async function exportModels(
  { copy, request, output, context }: ClassJob,
  { base, layout, adapters }: Trained,
  { candidates, tested }: TestResults,
  card: ClassCard,
): Promise<ExportResult> {
  const write = (model: ClassifyingStudent, own: ClassCard): Promise<ExportResult> => {
    const destination = { images: tested, folder: output.staging };
    const executor = openFileExecutor(request.threads);
    return exportClassifier(model, own, destination, executor, context);
  };
  const { student, copy: ofCopy } = candidates;
  const exported = await write({ base, layout, adapters, head: student.head }, card);
  if (student.report.accuracy.value >= ofCopy.report.accuracy.value) return exported;
  const none = { shape: [layout.size], data: new Float32Array(layout.size) };
  const untrained = {
    stem: 'copy',
    base: copy,
    layout,
    adapters: none,
    head: ofCopy.head,
  } as const;
  const { files } = await write(untrained, copyCard(card));
  return { files: [...exported.files, ...files], parity: exported.parity };
}

function summaryOf(
  job: ClassJob,
  trained: Trained,
  { candidates, labelled, tested, problems }: TestResults,
  card: ClassCard,
  exported: ExportResult,
): ClassSummary {
  const { request, blocks, dataset, store, output } = job;
  const { classes, task } = dataset;
  return {
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
    steps: trained.state.step,
    classes: [...classes],
    task,
    images: {
      distilled: store.images.length,
      labelled: labelled.length,
      tested: tested.length,
      skipped: [...dataset.problems, ...store.problems, ...problems],
    },
    targetCacheHits: trained.targetCacheHits,
    parity: exported.parity.map((report) => ({ ...report, file: join(output.path, report.file) })),
    files: [...exported.files, summaryName].map((name) => join(output.path, name)),
  };
}

function predictionsOf(
  { dataset: { classes, origin } }: ClassJob,
  { candidates, tested }: TestResults,
): ImagePredictions[] {
  return tested.map((image, index) => ({
    path: placeName(image),
    truth: labelIndices(image, classes, origin),
    teacher: candidates.teacher.predictions[index] ?? [],
    copy: candidates.copy.predictions[index] ?? [],
    student: candidates.student.predictions[index] ?? [],
  }));
}

/**
 * Throws if no test image is readable: nothing could be measured, which is better known before the training.
 */
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
    readingImagesText.noneTestedReadable(origin, tested.length, first),
  );
}

function without<T extends FoundImage>(
  problems: readonly ImageProblem[],
  images: readonly T[],
): T[] {
  const paths = new Set(problems.map(({ path }) => path));
  return images.filter((image) => !paths.has(placeName(image)));
}
