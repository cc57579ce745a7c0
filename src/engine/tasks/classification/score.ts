import { applyLinearProbe, trainLinearProbe } from '../../../core/heads/linear-probe.ts';
import type { LinearProbe } from '../../../core/heads/linear-probe.ts';
import { predictedClasses } from '../../../core/metrics/labels.ts';
import { uncertaintyOf } from '../../../core/metrics/uncertainty.ts';
import { featureGraph } from '../../../core/vit/classifier.ts';
import type { TeacherOverrides } from '../../../contract/jobs.ts';
import type { ClassCard } from '../../../contract/model-card.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type {
  FoundImage,
  ImageProblem,
  LabelledImage,
} from '../../../formats/labels/labelled-images.ts';
import { readResult } from '../../../runtime/executor.ts';
import type { Executor, LoadedGraph } from '../../../runtime/executor.ts';
import { labelIndices } from '../../images/dataset.ts';
import { openFileExecutor } from '../../devices/open-executor.ts';
import { readBatches, stackRows } from '../../models/inference.ts';
import type { ImageBatch, InputForm } from '../../models/inference.ts';
import { breathe, PhaseProgress } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import { openModel } from '../../models/model-file.ts';
import { openTeacher } from '../../teachers/teacher.ts';

/** Request to predict images with a finished student and its teacher. */
export interface ScoreRequest {
  /** File of the exported student. */
  readonly model: string;
  /** Checkpoint of its teacher; null if it is missing: then only the student predicts. */
  readonly teacher: string | null;
  /** A person's corrections of the teacher's properties. */
  readonly overrides?: TeacherOverrides | undefined;
  /** Labelled images of the run's heads, for training the teacher's head again. */
  readonly labelled: readonly LabelledImage[];
  readonly seed: number;
  readonly images: readonly FoundImage[];
}

/** Predictions for an image; classes are indices into `classes`. */
interface ScoredImage {
  /** Path as given by `placeName`. */
  readonly path: string;
  /** Uncertainty from 0 (certain) to 1 (undecided); see `uncertaintyOf`. */
  readonly uncertainty: number;
  readonly likeliest: readonly { readonly index: number; readonly probability: number }[];
  readonly student: readonly number[];
  readonly teacher: readonly number[] | null;
}

export interface ScoreOutcome {
  readonly classes: readonly string[];
  readonly scored: readonly ScoredImage[];
  /** Images that could not be read. */
  readonly problems: readonly ImageProblem[];
}

/**
 * Predicts images with a student and with its teacher, whose head is trained again on the same labelled images.
 *
 * @throws UserError if a model cannot be opened, and 'cancelled'
 */
export async function scoreImages(
  request: ScoreRequest,
  context: JobContext,
): Promise<ScoreOutcome> {
  const executor = openFileExecutor();
  const { card, form, graph } = await openModel(request.model, executor);
  if (card.task === 'segmentation')
    throw new Error('scoreImages: expected a student for classes, got one for segmentation');
  const problems: ImageProblem[] = [];
  const learnt = request.teacher === null ? 0 : request.labelled.length;
  const progress = new PhaseProgress(context, 'predict', learnt + request.images.length);
  const opened: LoadedGraph[] = [graph];
  try {
    const teacher =
      request.teacher === null
        ? null
        : await openEncoder(request.teacher, request.overrides, form, executor, opened);
    const probe =
      teacher && (await teacherHead(teacher, request, { card, form }, context, progress));
    const scored: ScoredImage[] = [];
    for await (const batch of readBatches(request.images, form, problems, context)) {
      const predicted = await predictWithStudent(graph, batch, card);
      const byTeacher = teacher && probe && (await predictWithTeacher(teacher, probe, batch));
      predicted.forEach((one, row) => scored.push({ ...one, teacher: byTeacher?.[row] ?? null }));
      progress.advance(learnt + scored.length + problems.length);
    }
    return { classes: card.classes, scored, problems };
  } finally {
    await Promise.all(opened.map((one) => one.dispose()));
  }
}

async function openEncoder(
  file: string,
  overrides: TeacherOverrides | undefined,
  { preparation }: InputForm,
  executor: Executor,
  opened: LoadedGraph[],
): Promise<LoadedGraph> {
  const { model } = await openTeacher(file, overrides ?? {}, { preparation });
  const encoder = await executor.load(featureGraph(model));
  opened.push(encoder);
  return encoder;
}

/** Trains the teacher's head as the run did; the run measured it but did not keep it. */
async function teacherHead(
  teacher: LoadedGraph,
  { labelled, seed }: ScoreRequest,
  { card: { classes, task }, form }: { readonly card: ClassCard; readonly form: InputForm },
  context: JobContext,
  progress: PhaseProgress,
): Promise<LinearProbe> {
  const features = [];
  const labels: number[][] = [];
  // Unreadable training images are not among the requested images, so they are not reported.
  for await (const batch of readBatches(labelled, form, [], context)) {
    features.push(await readResult(await teacher.run({ image: batch.pixels }), 'features'));
    labels.push(...batch.images.map((image) => labelIndices(image, classes)));
    progress.advance(labels.length);
  }
  return trainLinearProbe({
    features: stackRows(features),
    labels,
    classes: classes.length,
    task,
    seed,
    signal: context.signal,
    pause: breathe,
  });
}

async function predictWithStudent(
  graph: LoadedGraph,
  { images, pixels }: ImageBatch<FoundImage>,
  { classes, task }: ClassCard,
): Promise<Omit<ScoredImage, 'teacher'>[]> {
  const probabilities = await readResult(await graph.run({ image: pixels }), 'probabilities');
  const answers = predictedClasses(probabilities, task);
  return images.map((image, row) => {
    const own = probabilities.data.subarray(row * classes.length, (row + 1) * classes.length);
    const { uncertainty, between } = uncertaintyOf(own, task);
    const likeliest = between.map((index) => ({
      index,
      probability: Math.min(1, Math.max(0, own[index] ?? 0)),
    }));
    return { path: placeName(image), uncertainty, likeliest, student: answers[row] ?? [] };
  });
}

async function predictWithTeacher(
  teacher: LoadedGraph,
  probe: LinearProbe,
  { pixels }: ImageBatch<FoundImage>,
): Promise<number[][]> {
  const features = await readResult(await teacher.run({ image: pixels }), 'features');
  return predictedClasses(applyLinearProbe(probe, features).probabilities, probe.task);
}
