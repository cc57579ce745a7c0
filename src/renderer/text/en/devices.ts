import type { DeviceName } from '../../../contract/jobs.ts';

export const deviceText = {
  title: 'Compute device',
  automatic: 'Automatic',
  automaticOn: (name: string) => `Automatic: ${name}`,
  names: {
    cpu: 'Processor',
    webgpu: 'Graphics card',
    cuda: 'Graphics card (CUDA)',
    tensorflow: 'TensorFlow',
    dml: 'Graphics card (DirectML)',
    coreml: 'Core ML',
  } satisfies Record<DeviceName, string>,
  speed: (imagesPerSecond: string) => `${imagesPerSecond} images per second`,
  memory: (gigabytes: string) => `${gigabytes} GB`,
  trying: 'Testing the devices of this computer',
  failed: 'The devices of this computer could not be tested',
  again: 'Try again',
  others: 'Other devices',
  unusable: 'not usable on this computer at the moment',
  /** Title of the folded technical details. */
  technical: 'Technical reasons',
  gone: (name: string) =>
    `${name} cannot be used now: a run would use the processor and report it.`,
  changed: 'Continues on another device',
};
