import { availableParallelism, freemem } from 'node:os';
import { basename, join } from 'node:path';
import type { DeviceName, DistillOptions } from '../contract/jobs.ts';
import { precisionOn, usualTraining } from '../contract/jobs.ts';
import type { ModelCard } from '../contract/model-card.ts';
import type { DistillSummary, RecipeReport } from '../contract/results.ts';
import { hasRoom, roomOf, trainingMemory } from '../core/distill/memory.ts';
import { UserError } from '../core/errors.ts';
import { preparationOf } from '../core/image/preparation.ts';
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
} from './checkpoint.ts';
import { chooseDevice } from './devices/choose-device.ts';
import { memoryOf } from './devices/device-memory.ts';
import { holdDevice } from './devices/hold-gpu.ts';
import type { HeldDevice } from './devices/hold-gpu.ts';
import { openExecutor } from './devices/open-executor.ts';
import { requirePossible } from './devices/possible-devices.ts';
import { withProcessorBehind } from './devices/processor-behind.ts';
import { exportNames } from './export.ts';
import type { JobContext } from './job.ts';
import { openOutputFolder } from './output-folder.ts';
import type { OutputFolder } from './output-folder.ts';
import { noteNoCheckpoint, stopped, withCheckpoint } from './resume.ts';
import { saidGuesses, saidInput } from './teacher-words.ts';
import { openTeacher } from './teacher.ts';
import type { Teacher } from './teacher.ts';
import type { TrainingResult } from './training.ts';
import { version } from './version.ts';
import type { ExpectedTeacher } from './student-outcome.ts';

/**
 * What every distillation has in common, whatever the student is for: teacher, copy and output folder before it,
 * the training of the adapters, and results that appear together once all are there.
 */

/** Options with what nobody said filled in. */
type Recipe = Omit<DistillOptions, 'steps' | 'batch'> & {
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
  for (const message of [...saidGuesses(teacher.inferred), ...saidInput(teacher)]) {
    context.report({ type: 'notice', message });
  }
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

/**
 * Finishes a trained student and publishes what was written, with its summary. Where that fails the checkpoint
 * stays.
 */
export async function deliver<T extends { readonly summary: DistillSummary }>(
  { output, context }: StudentJob,
  { state }: Pick<TrainingResult, 'state'>,
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
