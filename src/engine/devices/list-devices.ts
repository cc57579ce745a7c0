import type { DeviceDescription } from '../../contract/descriptions.ts';
import { firstLine, withoutTrace } from '../../contract/failure-text.ts';
import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { performInWorker, WorkerDied } from '../services/worker-process.ts';
import { openTeacher } from '../teacher.ts';
import type { WorkerResult, WorkerTask } from '../worker-protocol.ts';
import { processorMemory } from './device-memory.ts';
import { findGpu } from './find-gpu.ts';
import type { Gpu } from './find-gpu.ts';
import { KnownSpeeds } from './known-speeds.ts';
import { possibleDevices } from './possible-devices.ts';
import { processorName } from './processor-name.ts';
import type { TrialOutcome, TrialRequest } from './trial.ts';
import { bundledTeacher } from '../bundled-teacher.ts';

/** Of the student that devices are compared with where none is wished for. */
const usual = { skip: 2, rank: 16, batch: 32, precision: 'float32' } as const;
/** A driver that has not answered by then will not. */
const patienceMs = { reach: 60_000, trial: 120_000 } as const;

/** Slower than any GPU and any processor of today, GFLOP/s; SwiftShader on two cores had 0.5. */
const slowest = 5;
const standIn =
  'What answers is no GPU but a stand-in by software, far slower than the processor: the driver of a GPU may not be installed.';

/** A device that could be there, and whether it is. */
export type FoundDevice = Omit<DeviceDescription, 'imagesPerSecond'>;

/**
 * What this machine can compute on; each is tried with a small product in a process of its own.
 *
 * @throws UserError 'cancelled'
 */
export async function findDevices(
  threads = defaultThreads(),
  signal?: AbortSignal,
): Promise<FoundDevice[]> {
  const [gpu, ...missing] = await Promise.all([
    findGpu(),
    ...possibleDevices().map((name) => reasonMissing(name, signal)),
  ]);
  return possibleDevices().map((name, index) =>
    describe(name, missing[index] ?? null, gpu, threads),
  );
}

/**
 * The same, and how fast each is now with the usual student, one after the other. What did not get through a trial
 * before may be tried again by the next run.
 */
export async function listDevices(threads = defaultThreads()): Promise<DeviceDescription[]> {
  await (await KnownSpeeds.open()).forgetFailures();
  const { model } = await openTeacher(bundledTeacher, {});
  const { depth, imageSize } = model.architecture;
  const student = { blocks: keptBlocks(depth, usual.skip), ...usual, imageSize };
  const listed: DeviceDescription[] = [];
  for (const device of await findDevices(threads)) {
    const { name } = device;
    const request = { teacher: bundledTeacher, ...student, device: name, threads };
    const outcome = device.missing === null ? await measure(request) : { missing: device.missing };
    const { missing, imagesPerSecond } = { missing: null, imagesPerSecond: null, ...outcome };
    listed.push({ ...device, missing, imagesPerSecond });
  }
  return listed;
}

/**
 * How fast a device is with a student, or why it could not be measured.
 *
 * @throws UserError 'cancelled'
 */
export async function measure(
  request: TrialRequest,
  signal?: AbortSignal,
): Promise<TrialOutcome | { readonly missing: string }> {
  const outcome = await inWorker({ kind: 'trial', request }, signal);
  if (typeof outcome === 'string') return { missing: outcome };
  if (outcome.kind !== 'trial') throw new Error('the worker tried no device');
  return outcome.outcome;
}

/** Why a device is not there. */
async function reasonMissing(
  device: DeviceName,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (device === 'cpu') return null;
  const outcome = await inWorker({ kind: 'reach', device }, signal);
  if (typeof outcome === 'string') return outcome;
  if (outcome.kind !== 'reach') throw new Error('the worker reached for no device');
  return outcome.gigaflops < slowest ? standIn : null;
}

/**
 * What a worker answers, or in a sentence why it did not.
 *
 * @throws UserError 'cancelled' as soon as the signal is aborted: there is nothing to be kept
 */
async function inWorker(
  task: Extract<WorkerTask, { kind: 'reach' | 'trial' }>,
  signal: AbortSignal = new AbortController().signal,
): Promise<WorkerResult | string> {
  const late = AbortSignal.timeout(patienceMs[task.kind]);
  const kill = AbortSignal.any([late, signal]);
  try {
    const watch = { report: () => undefined, kill, isMuted: true };
    return await performInWorker(task, new AbortController().signal, watch);
  } catch (error) {
    if (signal.aborted) throw new UserError('cancelled', 'Stopped.');
    if (late.aborted) return 'Its driver did not answer.';
    if (error instanceof WorkerDied) return 'Its driver ended the process that tried it.';
    // Our own sentences may be long; of those of a library, the first line says enough.
    if (error instanceof UserError) return withoutTrace(error.message).message;
    return firstLine(error instanceof Error ? error.message : String(error)).message;
  }
}

function describe(
  name: DeviceName,
  missing: string | null,
  gpu: Gpu | undefined,
  threads: number,
): FoundDevice {
  if (name === 'cpu') {
    return { name, description: processorName(), missing, threads, memoryBytes: processorMemory() };
  }
  return {
    ...{ name, missing, threads: null },
    description: gpu?.name ?? (missing === null ? 'not named by the system' : 'no GPU was found'),
    memoryBytes: gpu?.memoryBytes ?? null,
  };
}
