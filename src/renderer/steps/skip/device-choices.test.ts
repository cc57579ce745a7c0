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
  it('is nothing where the processor is all there is', () => {
    expect(deviceChoices([option('cpu'), gone], 'auto')).toEqual([]);
  });

  it('begins with the fastest, and leaves out what is not there', () => {
    const gpu = option('webgpu', { seconds: 60 });
    expect(deviceChoices([option('cpu'), gpu, gone], 'auto')).toEqual([
      { value: 'auto', title: 'Automatic: Graphics card' },
      { value: 'cpu', title: 'Processor, about 10 min' },
      { value: 'webgpu', title: 'Graphics card, about 1 min' },
    ]);
  });

  it('keeps what was chosen and is gone, so that one can choose again', () => {
    expect(deviceChoices([option('cpu'), gone], 'cuda').map(({ value }) => value)).toEqual([
      'auto',
      'cpu',
      'cuda',
    ]);
  });
});

it('deviceFacts says what is known', () => {
  expect(deviceFacts(option('webgpu', { memoryBytes: 80e9, imagesPerSecond: 812.3 }))).toBe(
    'a webgpu, 80 GB, 812 images a second',
  );
  expect(deviceFacts(gone)).toBe('a cuda');
});
