import { totalmem } from 'node:os';
import type { DeviceName } from '../../contract/jobs.ts';
import { findGpu } from './find-gpu.ts';
import { isOnGpu } from './possible-devices.ts';

/** Bytes that processes of this machine may take; a container may have less than the machine. */
export function processorMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Bytes that a device has, where that is known. */
export async function memoryOf(device: DeviceName, threads?: number): Promise<number | undefined> {
  if (!isOnGpu(device, threads)) return processorMemory();
  return (await findGpu())?.memoryBytes ?? undefined;
}
