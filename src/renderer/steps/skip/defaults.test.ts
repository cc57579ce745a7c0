import { expect, it } from 'vitest';
import { defaultSettings, isDefault } from './defaults.ts';

const satellite = { domain: 'satellite', task: 'single' } as const;

it('has the defaults of the engine, and views by domain', () => {
  const medical = defaultSettings({ domain: 'medical', task: 'single', isSample: false });
  expect(medical).toEqual({
    rank: 16,
    steps: 600,
    batch: 128,
    views: 64,
    start: 'auto',
    orientation: 'upright',
  });
  expect(defaultSettings({ ...satellite, isSample: false }).orientation).toBe('overhead');
  expect(isDefault({ ...medical }, medical)).toBe(true);
  expect(isDefault({ ...medical, rank: 8 }, medical)).toBe(false);
});

it('trains less where regions are outlined', () => {
  const { steps, batch } = defaultSettings({
    ...{ domain: 'medical', task: 'segmentation', isSample: false },
  });
  expect({ steps, batch }).toEqual({ steps: 300, batch: 32 });
});

it('has the sample’s own for the sample', () => {
  const { steps, batch, views, rank } = defaultSettings({ ...satellite, isSample: true });
  expect({ steps, batch, views, rank }).toEqual({ steps: 130, batch: 64, views: 12, rank: 16 });
});
