import { deviceName } from '../../contract/jobs.ts';
import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { tensorflowNative } from '../../runtime/tensorflow-library.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { deviceText } from '../../text/index.ts';

/** Systems on which each device can exist. */
const systems: Readonly<Record<DeviceName, readonly NodeJS.Platform[] | 'every'>> = {
  cpu: 'every',
  webgpu: 'every',
  cuda: ['linux'],
  tensorflow: 'every',
  dml: ['win32'],
  coreml: ['darwin'],
};

/** Devices that can exist on this system; the processor first. */
export function possibleDevices(): DeviceName[] {
  return deviceName.options.filter((name) => {
    const where = systems[name];
    return where === 'every' || where.includes(process.platform);
  });
}

/** @throws UserError 'device' if this system cannot have the device */
export function requirePossible(device: DeviceName): void {
  if (possibleDevices().includes(device)) return;
  throw new UserError('device', deviceText.impossible(device));
}

/** Returns true if a device, provided that it exists, is a GPU. TensorFlow computes on the processor if it finds no GPU. */
export function isOnGpu(device: DeviceName, threads = defaultThreads()): boolean {
  if (device === 'cpu' || !possibleDevices().includes(device)) return false;
  if (device !== 'tensorflow') return true;
  const report = tensorflowNative({ threads });
  return report.usable && report.device === 'gpu';
}
