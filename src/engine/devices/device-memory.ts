import { totalmem } from 'node:os';
import type { DeviceName } from '../../contract/jobs.ts';
import { findGpu } from './find-gpu.ts';
import { isOnGpu } from './possible-devices.ts';

/** Bytes available to processes of this computer; a container may have less than the computer. */
export function processorMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Returns the memory of a device in bytes, if known. */
export async function memoryOf(device: DeviceName, threads?: number): Promise<number | undefined> {
  if (!isOnGpu(device, threads)) return processorMemory();
  return (await findGpu())?.memoryBytes ?? undefined;
}
