import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join, resolve } from 'node:path';
import type { DistillRequest, DistillSummary, ModelCard } from '../contract/jobs.ts';
import { viewRecipe } from '../core/distill/views.ts';
import { UserError } from '../core/errors.ts';
import { adapterLayout, initialAdapters, mergeAdapters } from '../core/lora/adapters.ts';
import { zeros } from '../core/tensor.ts';
import { copyBlocks, keptBlocks } from '../core/vit/copy.ts';
import { mapConcurrently } from '../formats/concurrently.ts';
import type { FoundImage, ImageProblem } from '../formats/labelled-images.ts';
import { writeFileAtomically } from '../formats/write-file.ts';
import { writeFailure } from '../formats/file-errors.ts';
import {
  hasCheckpoint,
  loadCheckpoint,
  checkpointPath,
  removeCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts';
import { compareEncoders } from './comparison.ts';
import type { Candidate } from './comparison.ts';
import { openDataset } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { openExecutor } from './devices.ts';
import { fitCopy } from './fitting.ts';
import { exportStudent } from './export.ts';
import type { InputForm } from './inference.ts';
import type { JobContext } from './job.ts';
import { openRasters } from './raster-store.ts';
import { openTeacher } from './teacher.ts';
import type { Teacher } from './teacher.ts';
import { trainStudent } from './training.ts';
import type { TrainingPlan, TrainingState } from './training.ts';
import { version } from './version.ts';
import { runtimeVersion } from '../runtime/onnxruntime.ts';

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
  const start = performance.now();
  const out = resolve(request.out);
  const teacher = await openTeacher(request.teacher, request.overrides, request.imageSize);
  requireColour(request, teacher);
  const blocks = request.blocks ?? keptBlocks(teacher.model.architecture.depth, request.skip);
  const copy = copyBlocks(teacher.model, blocks);
  const dataset = await openDataset(request);
  for (const problem of dataset.problems) context.report({ type: 'skipped', ...problem });
  await prepareFolder(out);
  const executor = openExecutor(request.device, request.threads);
  const problems: ImageProblem[] = [...dataset.problems];

  const { imageSize, channels } = teacher.model.architecture;
  const memory = freemem();
  const store = await openRasters(dataset.distilled, imageSize, memory / 8, context);
  problems.push(...store.problems);
  const recipe = viewRecipe(request.orientation);
  const { seed, views } = request;
  const source = { count: store.images.length, get: (index: number) => store.get(index) };
  const base =
    startOf(request, teacher, blocks) === 'copy'
      ? copy
      : await fitCopy(
          { teacher: teacher.model, copy, blocks, seed, views, recipe },
          source,
          executor,
          context,
        );
  const plan: TrainingPlan = {
    teacher: teacher.model,
    copy: base,
    layout: adapterLayout(copy.architecture, request.rank),
    steps: request.steps,
    batch: request.batch,
    peakLearningRate: request.learningRate ?? (6e-3 * request.batch) / 256,
    seed,
    views,
    recipe,
    cacheBytes: Math.min(memory / 4, 4 * 2 ** 30),
  };
  const fingerprint = fingerprintOf(request, plan, teacher, blocks, await withSizes(store.images));
  const initial = await initialState(request, plan, out, fingerprint, context);
  const training = await trainStudent(plan, initial, source, executor, context, (state) =>
    saveCheckpoint(out, fingerprint, state),
  );
  // Before anything else is written: what was learnt must survive a full disk and a second Ctrl-C. A run
  // that did no step leaves an earlier run's checkpoint as it was.
  if (training.state.step > initial.step) await saveCheckpoint(out, fingerprint, training.state);
  if (context.signal.aborted) throw stopped(out, training.state);

  const form: InputForm = { imageSize, channels, framing: request.framing };
  const merged = mergeAdapters(base, plan.layout, training.state.adapters.data);
  const finish = async (): Promise<DistillSummary> => {
    // What could not be read was reported and listed when the images were read.
    const known = new Set(problems.map(({ path }) => path));
    const more: ImageProblem[] = [];
    const readable = withoutKnown(dataset, known);
    const [teacherCandidate, copyCandidate, student] = await compareEncoders(
      [teacher.model, copy, merged],
      readable,
      form,
      request.seed,
      executor,
      context,
      more,
    );
    if (!teacherCandidate || !copyCandidate || !student) throw new Error('a candidate is missing');
    problems.push(...more);
    const candidates = { teacher: teacherCandidate, copy: copyCandidate, student };
    const card = describeModel(
      request,
      teacher,
      { ...readable, tested: readable.tested.filter((image) => countIn([image], more) === 0) },
      blocks,
      form,
      candidates,
    );
    const exported = await exportStudent(
      { base, layout: plan.layout, adapters: training.state.adapters, head: student.head },
      card,
      dataset.tested.filter(({ path }) => !problems.some((problem) => problem.path === path)),
      out,
      executor,
      context,
    );
    const summary: DistillSummary = {
      teacher: candidates.teacher.report,
      copy: candidates.copy.report,
      student: candidates.student.report,
      loss: { first: training.state.firstLoss, last: training.state.lastLoss },
      seconds: (performance.now() - start) / 1000,
      skip: card.student.skip,
      blocks: [...blocks],
      rank: request.rank,
      steps: request.steps,
      classes: [...dataset.classes],
      task: dataset.task,
      images: {
        distilled: store.images.length,
        labelled: readable.labelled.length - countIn(readable.labelled, more),
        tested: readable.tested.length - countIn(readable.tested, more),
        skipped: problems,
      },
      targetCacheHits: training.targetCacheHits,
      parity: exported.parity,
      files: [...exported.files, join(out, 'summary.json')],
    };
    await writeFileAtomically(
      join(out, 'summary.json'),
      new TextEncoder().encode(`${JSON.stringify(summary, undefined, 2)}\n`),
    );
    return summary;
  };
  try {
    const summary = await finish();
    await removeCheckpoint(out);
    return summary;
  } catch (error) {
    // The checkpoint stays, so the training is not lost.
    throw error instanceof UserError && error.code === 'cancelled'
      ? stopped(out, training.state)
      : error;
  }
}

/** Images have three channels at this stage; say so before any work. */
function requireColour({ teacher }: DistillRequest, { model }: Teacher): void {
  const { channels } = model.architecture;
  if (channels !== 3) {
    throw new UserError(
      'unsupported',
      `${teacher}: this teacher takes ${channels} bands, but images are read as three (red, green, blue). Choose a teacher for colour images.`,
    );
  }
}

/** A folder that cannot be written should be known before hours of work, not after. */
async function prepareFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
  } catch (error) {
    throw writeFailure(error, out);
  }
  const probe = join(out, '.understudy-write-test');
  await writeFileAtomically(probe, new Uint8Array(1));
  await rm(probe, { force: true });
}

async function initialState(
  { resume, seed }: DistillRequest,
  { layout }: TrainingPlan,
  out: string,
  fingerprint: string,
  context: JobContext,
): Promise<TrainingState> {
  const found = await hasCheckpoint(out);
  if (resume && found) {
    const state = await loadCheckpoint(out, fingerprint, layout.size);
    context.report({ type: 'notice', message: `Going on after step ${state.step}.` });
    return state;
  }
  if (resume) {
    throw new UserError(
      'not-found',
      `There is no checkpoint in ${out} to go on from. Start without --resume.`,
    );
  }
  if (found) {
    context.report({
      type: 'notice',
      message: `${checkpointPath(out)} is left from an interrupted run, which --resume would go on with; this run starts afresh and will replace it.`,
    });
  }
  return {
    step: 0,
    adapters: { shape: [layout.size], data: initialAdapters(layout, seed) },
    mean: zeros([layout.size]),
    square: zeros([layout.size]),
    firstLoss: 0,
    lastLoss: 0,
  };
}

function stopped(out: string, { step }: TrainingState): UserError {
  return new UserError(
    'cancelled',
    `Stopped after step ${step}. What was learnt is in ${checkpointPath(out)}; run the same command with --resume to go on.`,
  );
}

/** Fitting helps where much was skipped; at r = 2 the plain copy was the better start (docs/adr/0010). */
function startOf(
  { start }: DistillRequest,
  { model }: Teacher,
  blocks: readonly number[],
): 'fitted' | 'copy' {
  if (start !== 'auto') return start;
  return model.architecture.depth / blocks.length >= 3 ? 'fitted' : 'copy';
}

/** Images and their bytes on disk, by which other images under the same names are noticed. */
async function withSizes(
  images: readonly FoundImage[],
): Promise<(FoundImage & { size: number })[]> {
  return mapConcurrently(images, 16, async (image) => ({
    ...image,
    size: (await stat(image.path).catch(() => undefined))?.size ?? 0,
  }));
}

/** Everything that decides the course of the training. */
function fingerprintOf(
  request: DistillRequest,
  plan: TrainingPlan,
  teacher: Teacher,
  blocks: readonly number[],
  images: readonly (FoundImage & { size: number })[],
): string {
  const { steps, batch, peakLearningRate, seed, views, recipe, layout } = plan;
  const { sha256, model } = teacher;
  const { imageSize, heads, epsilon, activation } = model.architecture;
  const course = {
    teacher: sha256,
    architecture: { imageSize, heads, epsilon, activation },
    normalization: model.normalization,
    blocks,
    start: startOf(request, teacher, blocks),
    rank: layout.rank,
    steps,
    batch,
    peakLearningRate,
    seed,
    views,
    recipe,
    images: createHash('sha256')
      .update(images.map(({ name, size }) => `${name} ${size}`).join('\n'))
      .digest('hex'),
  };
  return JSON.stringify(course);
}

function countIn(images: readonly FoundImage[], problems: readonly ImageProblem[]): number {
  const paths = new Set(problems.map(({ path }) => path));
  return images.filter(({ path }) => paths.has(path)).length;
}

function withoutKnown(dataset: Dataset, known: ReadonlySet<string>): Dataset {
  const readable = ({ path }: FoundImage): boolean => !known.has(path);
  return {
    ...dataset,
    labelled: dataset.labelled.filter(readable),
    tested: dataset.tested.filter(readable),
  };
}

function describeModel(
  request: DistillRequest,
  teacher: Teacher,
  dataset: Dataset,
  blocks: readonly number[],
  form: InputForm,
  candidates: Readonly<Record<'teacher' | 'copy' | 'student', Candidate>>,
): ModelCard {
  const { mean, deviation } = teacher.model.normalization;
  return {
    format: 1,
    versions: { understudy: version, onnxruntime: runtimeVersion },
    classes: [...dataset.classes],
    task: dataset.task,
    preprocessing: {
      ...form,
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
      start: startOf(request, teacher, blocks),
      rank: request.rank,
      steps: request.steps,
      seed: request.seed,
      weights: 'float32',
    },
    metrics: {
      teacher: candidates.teacher.report.accuracy,
      copy: candidates.copy.report.accuracy,
      student: candidates.student.report.accuracy,
      images: dataset.tested.length,
    },
  };
}
