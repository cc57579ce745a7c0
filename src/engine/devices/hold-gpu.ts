import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { lockFile } from '../../store/lock.ts';
import { isOnGpu } from './possible-devices.ts';

export interface HeldDevice {
  /** Whether another run of this person is on the GPU already. */
  readonly isShared: boolean;
  release(): void;
}

/**
 * Marks the GPU as at work for as long as this process is, or lets go of it, so that a second run knows of the first.
 * Nobody is kept out: both are slower, and share the memory.
 *
 * @param file the mark; everybody's own in the folder for temporary files
 */
export function holdDevice(device: DeviceName, threads?: number, file?: string): HeldDevice {
  const none = { release: () => undefined };
  if (!isOnGpu(device, threads)) return { isShared: false, ...none };
  try {
    return { isShared: false, release: lockFile(file ?? usualFile(), 'The GPU is at work.') };
  } catch (error) {
    // Where no mark can be left nothing is known of others.
    return { isShared: error instanceof UserError && error.code === 'in-use', ...none };
  }
}

/** @throws where the system knows no name of who runs this */
function usualFile(): string {
  return join(tmpdir(), `understudy-gpu-${userInfo().username}.lock`);
}
