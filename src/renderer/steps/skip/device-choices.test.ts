import { describe, expect, it } from 'vitest';
import type { DeviceOption } from '../../../contract/app.ts';
import type { DeviceName } from '../../../contract/jobs.ts';
import { deviceChoices, deviceFacts } from './device-choices.ts';

function option(name: DeviceName, change: Partial<DeviceOption> = {}): DeviceOption {
  return {
    name,
    description: `a ${name}`,
    memoryBytes: null,
    missing: null,
    imagesPerSecond: 10,
    seconds: 600,
    isChosen: false,
    ...change,
  };
}

const gone = option('cuda', { missing: 'It is not there.', imagesPerSecond: null, seconds: null });

describe('deviceChoices', () => {
  it('is empty if the processor is the only device', () => {
    expect(deviceChoices([option('cpu'), gone], 'auto')).toEqual([]);
  });

  it('names the fastest device and leaves out missing ones', () => {
    const gpu = option('webgpu', { seconds: 60 });
    expect(deviceChoices([option('cpu'), gpu, gone], 'auto')).toEqual([
      { value: 'auto', title: 'Automatic: Graphics card' },
      { value: 'cpu', title: 'Processor, about 10 min' },
      { value: 'webgpu', title: 'Graphics card, about 1 min' },
    ]);
  });

  it('keeps a chosen device that is missing, so that another can be chosen', () => {
    expect(deviceChoices([option('cpu'), gone], 'cuda').map(({ value }) => value)).toEqual([
      'auto',
      'cpu',
      'cuda',
    ]);
  });
});

it('deviceFacts lists the known facts', () => {
  expect(deviceFacts(option('webgpu', { memoryBytes: 80e9, imagesPerSecond: 812.3 }))).toBe(
    'a webgpu, 80 GB, 812 images per second',
  );
  expect(deviceFacts(gone)).toBe('a cuda');
});
