import { freemem } from 'node:os';
import { basename } from 'node:path';
import { precisionOn, usualTraining } from '../../contract/jobs.ts';
import type { DeviceName, DistillOptions } from '../../contract/jobs.ts';
import type { DistillSummary } from '../../contract/results.ts';
import { trainingMemory } from '../../core/distill/memory.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { copyBlocks, keptBlocks } from '../../core/vit/copy.ts';
import type { ImageProblem } from '../../formats/labels/labelled-images.ts';
import { holdDevice } from '../devices/hold-gpu.ts';
import { openExecutor } from '../devices/open-executor.ts';
import { requirePossible } from '../devices/possible-devices.ts';
import { withCpuFallback } from '../devices/cpu-fallback.ts';
import { openOutputFolder } from '../files/output-folder.ts';
import type { JobContext } from '../job.ts';
import { exportNames } from '../models/export-files.ts';
import { guessTexts, inputTexts } from '../teachers/teacher-texts.ts';
import { openTeacher } from '../teachers/teacher.ts';
import type { LoadedTeacher } from '../teachers/teacher.ts';
import {
  checkpointPath,
  checkpointProgress,
  decodersPath,
  removeCheckpoint,
} from './checkpoint.ts';
import { noteNoCheckpoint, withCheckpoint } from './resume.ts';
import { deliver, summaryName } from './deliver.ts';
import {
  availableMemory,
  notePrecision,
  noteThreads,
  requireDeviceMemory,
} from './device-capacity.ts';
import type {
  StudentRunOptions,
  ExpectedTeacher,
  FullOptions,
  StudentJob,
  StudentTask,
} from './student-task.ts';
import { trainAdapters } from './train.ts';
import { trainingText } from '../../text/index.ts';

/**
 * Runs a whole job for any task: reads teacher and images, distils a student, trains its head or decoder, compares it
 * with the teacher and the untrained copy, and exports it. Results appear in the output folder together, once all are
 * finished.
 *
 * A cancelled job leaves a checkpoint in the output folder, from which `resume` continues.
 *
 * @throws UserError for everything that the user can correct, and 'cancelled'
 */
export async function runStudent<
  Data extends { readonly problems: readonly ImageProblem[] },
  Outcome extends { readonly summary: DistillSummary },
>(
  options: DistillOptions,
  task: StudentTask<Data, Outcome>,
  data: Data,
  context: JobContext,
  runOptions: StudentRunOptions = {},
): Promise<Outcome> {
  const begun = performance.now();
  for (const problem of data.problems) context.report({ type: 'skipped', ...problem });
  const prepared = await prepare(options, task, runOptions.expected, context);
  const output = await openOutputFolder(options.out);
  try {
    const before = await secondsBefore(options, output.path, context);
    await output.requireNoFolders([
      ...exportNames,
      summaryName,
      basename(checkpointPath(output.path)),
      basename(decodersPath(output.path)),
    ]);
    const device = await deviceFor(prepared, runOptions, context);
    const kept = { isNew: false };
    const outcome = await withCpuFallback(device, context, async (on, continues) => {
      const { release, ...room } = await openDevice(on, prepared, context);
      try {
        const { request } = prepared;
        const resume = request.resume || (continues && kept.isNew);
        return await trainAndDeliver(task, data, runOptions, {
          ...prepared,
          context,
          output,
          kept,
          start: begun - 1000 * before,
          executor: room.executor,
          memory: room.memory,
          request: { ...request, precision: precisionOn(on, request.precision), resume },
        });
      } catch (error) {
        // The app reports the checkpoints of its own runs.
        const isReported = runOptions.keepCheckpoint === true || !(options.resume || kept.isNew);
        throw isReported ? error : await withCheckpoint(error, output.path);
      } finally {
        release();
      }
    });
    if (runOptions.keepCheckpoint !== true) await removeCheckpoint(output.path);
    return outcome;
  } finally {
    await output.close();
  }
}

type Prepared = Pick<StudentJob, 'request' | 'teacher' | 'blocks' | 'copy'>;

/** Reads the teacher, makes the untrained copy, and reports notices about both. */
async function prepare(
  options: DistillOptions,
  { defaults, imageSize }: Pick<StudentTask<never, never>, 'defaults' | 'imageSize'>,
  expected: ExpectedTeacher | undefined,
  context: JobContext,
): Promise<Prepared> {
  const { steps, batch } = usualTraining[defaults];
  const request: FullOptions = {
    ...options,
    steps: options.steps ?? steps,
    batch: options.batch ?? batch,
  };
  const teacher = await openTeacher(options.teacher, options.overrides, {
    imageSize: options.imageSize ?? imageSize,
    preparation: preparationOf(options.preparation),
  });
  requireExpected(options.teacher, teacher, expected);
  const blocks = options.blocks ?? keptBlocks(teacher.model.architecture.depth, options.skip);
  const copy = copyBlocks(teacher.model, blocks);
  noteThreads(options, context);
  for (const message of [...guessTexts(teacher.inferred), ...inputTexts(teacher)]) {
    context.report({ type: 'notice', message });
  }
  return { request, teacher, blocks, copy };
}

/** @throws UserError 'invalid-file' if the file is no longer the chosen teacher */
function requireExpected(
  file: string,
  { sha256 }: LoadedTeacher,
  expected?: ExpectedTeacher,
): void {
  if (expected === undefined || sha256 === expected.sha256) return;
  throw new UserError(
    'invalid-file',
    trainingText.teacherReplaced(file, expected.name),
    `${sha256}\n${expected.sha256}`,
  );
}

/** Returns the duration of an interrupted run before it is resumed, seconds. */
async function secondsBefore(
  options: DistillOptions,
  out: string,
  context: JobContext,
): Promise<number> {
  await noteNoCheckpoint(options, out, context);
  return options.resume ? ((await checkpointProgress(out))?.seconds ?? 0) : 0;
}

async function deviceFor(
  prepared: Prepared,
  { chooseDevice }: StudentRunOptions,
  context: JobContext,
): Promise<DeviceName> {
  const { device } = prepared.request;
  if (chooseDevice !== undefined) return chooseDevice(device, prepared, context);
  if (device === 'auto') throw new Error('runStudent: expected a chosen device, got auto');
  return device;
}

/**
 * Opens a device and locks it until released, with the memory that it has for this run.
 *
 * @throws UserError 'device' if it cannot be used
 */
async function openDevice(
  on: DeviceName,
  { request, teacher, blocks }: Prepared,
  context: JobContext,
): Promise<Pick<StudentJob, 'executor' | 'memory'> & { readonly release: () => void }> {
  const { threads, precision } = request;
  notePrecision(on, request, context);
  requirePossible(on);
  const held = holdDevice(on, threads);
  try {
    const memoryBytes = await availableMemory(on, threads, held, context);
    const { architecture } = teacher.model;
    requireDeviceMemory(on, trainingMemory(architecture, blocks.length, 1), memoryBytes, context);
    return {
      executor: openExecutor(on, threads, memoryBytes, precision),
      memory: freemem(),
      release: () => {
        held.release();
      },
    };
  } catch (error) {
    held.release();
    throw error;
  }
}

async function trainAndDeliver<
  Data extends { readonly problems: readonly ImageProblem[] },
  Outcome extends { readonly summary: DistillSummary },
>(
  task: StudentTask<Data, Outcome>,
  data: Data,
  { probes = false }: StudentRunOptions,
  job: StudentJob,
): Promise<Outcome> {
  const opened = await task.open(job, data);
  try {
    const trained = await trainAdapters(
      job,
      opened.training,
      (origin) => task.peakLearningRate(origin, job.request.batch),
      probes ? opened.openWatch : undefined,
    );
    return await deliver(job, trained, () => opened.finish(trained));
  } finally {
    await opened.close();
  }
}
