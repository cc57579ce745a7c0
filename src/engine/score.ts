import { applyLinearProbe, trainLinearProbe } from '../core/heads/linear-probe.ts';
import type { LinearProbe } from '../core/heads/linear-probe.ts';
import { answersOf } from '../core/metrics/labels.ts';
import { uncertaintyOf } from '../core/metrics/uncertainty.ts';
import { featureGraph } from '../core/vit/classifier.ts';
import type { TeacherOverrides } from '../contract/jobs.ts';
import type { ClassCard } from '../contract/model-card.ts';
import { placeName } from '../formats/labelled-images.ts';
import type { FoundImage, ImageProblem, LabelledImage } from '../formats/labelled-images.ts';
import { readResult } from '../runtime/executor.ts';
import type { Executor, LoadedGraph } from '../runtime/executor.ts';
import { labelIndices } from './dataset.ts';
import { openFileExecutor } from './devices/open-executor.ts';
import { readBatches, stackRows } from './inference.ts';
import type { ImageBatch, InputForm } from './inference.ts';
import { breathe, PhaseProgress } from './job.ts';
import type { JobContext } from './job.ts';
import { openModel } from './model-file.ts';
import { openTeacher } from './teacher.ts';

/** Images that a finished student and its teacher are asked about. */
export interface ScoreRequest {
  /** The exported student. */
  readonly model: string;
  /** Its teacher's checkpoint; null where that is gone: the student is then asked alone. */
  readonly teacher: string | null;
  /** What a person corrected of that. */
  readonly overrides?: TeacherOverrides;
  /** What the run's heads learnt from; the teacher's is made again of it. */
  readonly labelled: readonly LabelledImage[];
  readonly seed: number;
  readonly images: readonly FoundImage[];
}

/** What was said of an image; classes by their indices in `classes`. */
interface ScoredImage {
  /** As `placeName` has it. */
  readonly path: string;
  /** 0 sure to 1 undecided: see `uncertaintyOf`. */
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
 * Asks a student, and its teacher with a head of the same labelled images, about images.
 *
 * @throws UserError where a model cannot be opened, and 'cancelled'
 */
export async function scoreImages(
  request: ScoreRequest,
  context: JobContext,
): Promise<ScoreOutcome> {
  const executor = openFileExecutor();
  const { card, form, graph } = await openModel(request.model, executor);
  if (card.task === 'segmentation') throw new Error('scoreImages: the student outlines regions');
  const problems: ImageProblem[] = [];
  const learnt = request.teacher === null ? 0 : request.labelled.length;
  const progress = new PhaseProgress(context, 'predict', learnt + request.images.length);
  const opened: LoadedGraph[] = [graph];
  try {
    const teacher =
      request.teacher === null
        ? null
        : await openEncoder(request.teacher, request.overrides, form, executor, opened);
    const probe = teacher && (await teacherHead(teacher, request, card, form, context, progress));
    const scored: ScoredImage[] = [];
    for await (const batch of readBatches(request.images, form, problems, context)) {
      const said = await studentSays(graph, batch, card);
      const taught = teacher && probe && (await teacherSays(teacher, probe, batch));
      said.forEach((one, row) => scored.push({ ...one, teacher: taught?.[row] ?? null }));
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

/** The teacher's head as the run gave it one: it was measured then, and not kept. */
async function teacherHead(
  teacher: LoadedGraph,
  { labelled, seed }: ScoreRequest,
  { classes, task }: ClassCard,
  form: InputForm,
  context: JobContext,
  progress: PhaseProgress,
): Promise<LinearProbe> {
  const features = [];
  const labels: number[][] = [];
  // What cannot be read is not among the images that are asked about, so nobody need be told.
  for await (const batch of readBatches(labelled, form, [], context)) {
    features.push(await readResult(await teacher.run({ image: batch.pixels }), 'features'));
    labels.push(
      ...batch.images.map((image) => labelIndices(image, classes, 'the labelled images')),
    );
    progress.advance(labels.length);
  }
  return trainLinearProbe({
    ...{ features: stackRows(features), labels, classes: classes.length, task, seed },
    ...{ signal: context.signal, pause: breathe },
  });
}

async function studentSays(
  graph: LoadedGraph,
  { images, pixels }: ImageBatch<FoundImage>,
  { classes, task }: ClassCard,
): Promise<Omit<ScoredImage, 'teacher'>[]> {
  const probabilities = await readResult(await graph.run({ image: pixels }), 'probabilities');
  const answers = answersOf(probabilities, task);
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

async function teacherSays(
  teacher: LoadedGraph,
  probe: LinearProbe,
  { pixels }: ImageBatch<FoundImage>,
): Promise<number[][]> {
  const features = await readResult(await teacher.run({ image: pixels }), 'features');
  return answersOf(applyLinearProbe(probe, features).probabilities, probe.task);
}
