import { expect, it } from 'vitest';
import { defaultSettings, isDefault } from './defaults.ts';

const of = { isSample: false, task: 'single' } as const;

it('are the defaults of the engine, with the orientation by domain', () => {
  const medical = defaultSettings({ ...of, domain: 'medical' });
  expect(medical).toEqual({
    rank: 16,
    steps: 600,
    batch: 128,
    views: 64,
    start: 'auto',
    orientation: 'upright',
    precision: 'float32',
    imageSize: null,
    decoderSteps: 200,
    adapt: false,
    overlap: 0.5,
    tolerance: 2,
    toleranceUnit: 'px',
  });
  expect(defaultSettings({ ...of, domain: 'satellite' }).orientation).toBe('overhead');
  expect(isDefault({ ...medical }, medical)).toBe(true);
  expect(isDefault({ ...medical, rank: 8 }, medical)).toBe(false);
  expect(isDefault({ ...medical, precision: 'float16' }, medical)).toBe(false);
});

it('differ for the sample project', () => {
  const { steps, batch, views, rank } = defaultSettings({
    ...of,
    domain: 'satellite',
    isSample: true,
  });
  expect({ steps, batch, views, rank }).toEqual({ steps: 130, batch: 64, views: 12, rank: 16 });
});

it('differ for segmentation', () => {
  const outlining = defaultSettings({ ...of, domain: 'satellite', task: 'segmentation' });
  expect(outlining).toMatchObject({ steps: 150, batch: 32, adapt: true, orientation: 'overhead' });
});
