/** Messages about compute devices, such as cpu and webgpu, and their choice. */
export const deviceText = {
  impossible: (device: string) => `The device ${device} does not exist on this system.`,
  notADevice: ({ variable, value, devices }: WrongVariable) =>
    `${variable} is ${JSON.stringify(value)}, which is not a device. It can be ${devices.join(', ')} or auto.`,
  gpuBusy: 'The GPU is at work.',
  emulated:
    'This is a software emulation of a GPU, far slower than the processor: the driver of the GPU may be missing.',
  driverSilent: 'Its driver did not answer.',
  driverCrashed: 'Its driver crashed the test process.',
  gpuWithoutName: 'unnamed GPU',
  noGpu: 'no GPU was found',

  /** @param failure message of the device's error */
  continuesOnProcessor: (failure: string) => `${failure} The run continues on the processor.`,
  notFinite: (device: string) =>
    `${device} produced NaN or infinite values. The run continues on the processor from its last checkpoint.`,
};

/** Notices about the speed test that chooses a device. */
export const speedTestText = {
  trying: (device: string, { description }: { readonly description: string }) =>
    `Trying ${device} (${description})…`,
  /** @param why reason why the device cannot be used */
  failed: (device: string, why: string) => `${device} (${why})`,
  disturbed: (device: string) =>
    `Other programs were busy while ${device} was timed: its measured speed is uncertain, and the next run times it again.`,
  /** @param failed devices and reasons, as `failed` writes them */
  chosen: (device: string, measured: readonly Speed[], failed: readonly string[]) => {
    const listed = measured.map(({ name, speed }) => `${name} ${speed.toPrecision(3)}`).join(', ');
    const speeds =
      listed === '' ? '' : `Images per second in a training step of this student: ${listed}. `;
    const lost =
      failed.length === 0
        ? ''
        : `The speed test failed on: ${failed.join(', ')}; run “understudy devices” to have ${failed.length === 1 ? 'it' : 'them'} tested again. `;
    const choice = measured.length > 1 ? 'The fastest is used' : `${device} is used`;
    return `${speeds}${lost}${choice}; choose another with --device.`;
  },
};

interface WrongVariable {
  readonly variable: string;
  readonly value: string;
  readonly devices: readonly string[];
}

/** Measured speed of a device, images per second. */
interface Speed {
  readonly name: string;
  readonly speed: number;
}
