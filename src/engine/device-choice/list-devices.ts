import type { DeviceDescription } from '../../contract/descriptions.ts';
import { firstLine, withoutTrace } from '../../contract/failure-text.ts';
import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { commonText, deviceText } from '../../text/index.ts';
import { performInWorker, WorkerDied } from '../worker/worker-process.ts';
import { openTeacher } from '../teachers/teacher.ts';
import type { ResultOf, WorkerTask } from '../worker/worker-protocol.ts';
import { processorMemory } from '../devices/device-memory.ts';
import { findGpu } from '../devices/find-gpu.ts';
import type { Gpu } from '../devices/find-gpu.ts';
import { KnownSpeeds } from './known-speeds.ts';
import { possibleDevices } from '../devices/possible-devices.ts';
import { processorName } from '../devices/processor-name.ts';
import type { TrialOutcome, TrialRequest } from '../speed/trial.ts';
import { bundledTeacher } from '../teachers/bundled-teacher.ts';

/** Default student that devices are compared with. */
const usual = { skip: 2, rank: 16, batch: 32, precision: 'float32' } as const;
/** Longest wait for a driver, ms; one that has not answered by then never does. */
const patienceMs = { reach: 60_000, trial: 120_000 } as const;

/**
 * Lower limit for a real device, GFLOP/s: slower than any GPU or processor of today; SwiftShader on two cores had
 * 0.5.
 */
const slowest = 5;

/** A possible device, with the reason if it is missing. */
export type FoundDevice = Omit<DeviceDescription, 'imagesPerSecond'>;

/**
 * Finds the devices of this computer; each is tried with a small matrix product in a separate process.
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
 * Finds the devices and times each with the default student, one after the other. Failed trials may be repeated by
 * the next run.
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
    const outcome =
      device.missing === null ? await timeDevice(request) : { missing: device.missing };
    const { missing, imagesPerSecond } = { missing: null, imagesPerSecond: null, ...outcome };
    listed.push({ ...device, missing, imagesPerSecond });
  }
  return listed;
}

/**
 * Times a device with a student, or gives the reason why it could not be timed.
 *
 * @throws UserError 'cancelled'
 */
export async function timeDevice(
  request: TrialRequest,
  signal?: AbortSignal,
): Promise<TrialOutcome | { readonly missing: string }> {
  const outcome = await inWorker({ kind: 'trial', request }, patienceMs.trial, signal);
  if (typeof outcome === 'string') return { missing: outcome };
  return outcome.outcome;
}

/** Returns the reason why a device is missing; null if it is usable. */
async function reasonMissing(
  device: DeviceName,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (device === 'cpu') return null;
  const outcome = await inWorker({ kind: 'reach', device }, patienceMs.reach, signal);
  if (typeof outcome === 'string') return outcome;
  return outcome.gigaflops < slowest ? deviceText.emulated : null;
}

/**
 * Returns the result of a worker, or a sentence with the reason why there is none.
 *
 * @param patience longest wait, ms
 * @throws UserError 'cancelled' as soon as the signal is aborted: there is nothing to save
 */
async function inWorker<Kind extends WorkerTask['kind']>(
  task: Extract<WorkerTask, { kind: Kind }>,
  patience: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<ResultOf<Kind> | string> {
  const late = AbortSignal.timeout(patience);
  const kill = AbortSignal.any([late, signal]);
  try {
    const watch = { report: () => undefined, kill, isMuted: true };
    return await performInWorker<Kind>(task, new AbortController().signal, watch);
  } catch (error) {
    if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
    if (late.aborted) return deviceText.driverSilent;
    if (error instanceof WorkerDied) return deviceText.driverCrashed;
    // Messages of a UserError may be long; of a library's message the first line suffices.
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
    name,
    missing,
    threads: null,
    description: gpu?.name ?? (missing === null ? deviceText.gpuWithoutName : deviceText.noGpu),
    memoryBytes: gpu?.memoryBytes ?? null,
  };
}
