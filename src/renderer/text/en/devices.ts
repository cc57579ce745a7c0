import type { DeviceName } from '../../../contract/jobs.ts';

export const deviceText = {
  title: 'Computes on',
  automatic: 'Automatic',
  automaticOn: (name: string) => `Automatic: ${name}`,
  names: {
    cpu: 'Processor',
    webgpu: 'Graphics card',
    cuda: 'Graphics card, by CUDA',
    tensorflow: 'TensorFlow',
    dml: 'Graphics card, by DirectML',
    coreml: 'Core ML',
  } satisfies Record<DeviceName, string>,
  speed: (imagesPerSecond: string) => `${imagesPerSecond} images a second`,
  memory: (gigabytes: string) => `${gigabytes} GB`,
  trying: 'Trying what this computer can compute on',
  failed: 'What this computer can compute on could not be found out',
  again: 'Try again',
  others: 'What else it could compute on',
  gone: (name: string) =>
    `${name} cannot be used now: a run would go on on the processor, and say so.`,
  changed: 'Goes on on another device',
};
