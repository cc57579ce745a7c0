import { deviceName } from '../../contract/jobs.ts';
import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { tensorflowNative } from '../../runtime/tensorflow-library.ts';
import { defaultThreads } from '../../runtime/threads.ts';

/** Which devices there could be on a system. */
const systems: Readonly<Record<DeviceName, readonly NodeJS.Platform[] | 'every'>> = {
  cpu: 'every',
  webgpu: 'every',
  cuda: ['linux'],
  tensorflow: 'every',
  dml: ['win32'],
  coreml: ['darwin'],
};

/** Devices that there could be on this system; the processor first. */
export function possibleDevices(): DeviceName[] {
  return deviceName.options.filter((name) => {
    const where = systems[name];
    return where === 'every' || where.includes(process.platform);
  });
}

/** @throws UserError 'device' where this system can have no such device */
export function requirePossible(device: DeviceName): void {
  if (possibleDevices().includes(device)) return;
  throw new UserError('device', `There is no ${device} on this system.`);
}

/** Whether a device, where it is there, is a GPU: TensorFlow may have found none, and computes on the processor then. */
export function isOnGpu(device: DeviceName, threads = defaultThreads()): boolean {
  if (device === 'cpu' || !possibleDevices().includes(device)) return false;
  if (device !== 'tensorflow') return true;
  const report = tensorflowNative({ threads });
  return report.usable && report.device === 'gpu';
}
