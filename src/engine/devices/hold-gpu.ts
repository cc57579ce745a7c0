import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { lockFile } from '../../store/lock.ts';
import { deviceText } from '../../text/index.ts';
import { isOnGpu } from './possible-devices.ts';

export interface HeldDevice {
  /** True if another run of the same user is already on the GPU. */
  readonly isShared: boolean;
  release(): void;
}

/**
 * Locks the GPU until released or until this process ends, so that a second run knows about the first. The lock
 * excludes nobody: both runs continue, more slowly, and share the memory.
 *
 * @param file the lock file; by default one per user in the folder for temporary files
 */
export function holdDevice(device: DeviceName, threads?: number, file?: string): HeldDevice {
  const none = { release: () => undefined };
  if (!isOnGpu(device, threads)) return { isShared: false, ...none };
  try {
    return { isShared: false, release: lockFile(file ?? usualFile(), deviceText.gpuBusy) };
  } catch (error) {
    // If no lock file can be written, other runs stay unknown.
    return { isShared: error instanceof UserError && error.code === 'in-use', ...none };
  }
}

/** @throws if the system has no name for the current user */
function usualFile(): string {
  return join(tmpdir(), `understudy-gpu-${userInfo().username}.lock`);
}
