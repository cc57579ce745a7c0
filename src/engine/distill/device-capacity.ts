import { availableParallelism } from 'node:os';
import { precisionOn } from '../../contract/jobs.ts';
import type { DeviceName, DistillOptions } from '../../contract/jobs.ts';
import { hasRoom, usableMemory } from '../../core/distill/memory.ts';
import { UserError } from '../../core/errors.ts';
import { memoryOf } from '../devices/device-memory.ts';
import type { HeldDevice } from '../devices/hold-gpu.ts';
import type { JobContext } from '../job.ts';
import { trainingText } from '../../text/index.ts';

/** Capacity of a device for a run, and notices about it. */

/** Returns the memory of the device available to this run, bytes. */
export async function availableMemory(
  device: DeviceName,
  threads: number | undefined,
  { isShared }: HeldDevice,
  context: JobContext,
): Promise<number | undefined> {
  const memory = await memoryOf(device, threads);
  if (!isShared) return memory;
  context.report({ type: 'notice', message: trainingText.sharedGpu });
  return memory === undefined ? undefined : memory / 2;
}

/**
 * Reports a student that needs more memory than the processor has, where it would swap.
 *
 * @param needed needed memory, bytes
 * @param memory available memory, bytes; undefined if unknown
 * @throws UserError 'device' if a GPU cannot hold even one image at a time
 */
export function requireDeviceMemory(
  device: DeviceName,
  needed: number,
  memory: number | undefined,
  context: JobContext,
): void {
  if (memory === undefined || hasRoom(needed, memory)) return;
  const room = { needed, usable: usableMemory(memory) };
  if (device !== 'cpu') throw new UserError('device', trainingText.exceedsGpu(room));
  context.report({ type: 'notice', message: trainingText.exceedsComputer(room) });
}

/** Reports a device that does not support the requested precision. */
export function notePrecision(
  device: DeviceName,
  { precision }: Pick<DistillOptions, 'precision'>,
  context: JobContext,
): void {
  if (precisionOn(device, precision) === precision) return;
  context.report({ type: 'notice', message: trainingText.float32Only(device) });
}

/** Reports more threads than processors: they compete for time. */
export function noteThreads(
  { threads = 1 }: Pick<DistillOptions, 'threads'>,
  context: JobContext,
): void {
  const available = availableParallelism();
  if (threads <= available) return;
  const message = trainingText.manyThreads({ available, requested: threads });
  context.report({ type: 'notice', message });
}
