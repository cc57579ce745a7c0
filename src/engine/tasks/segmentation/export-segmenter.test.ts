import { expect, test } from 'vitest';
import { maskCard } from '../../../contract/model-card.ts';
import { cardFacts } from '../../../contract/testing/model-cards.ts';
import { deepnessMetadata } from './export-segmenter.ts';

const cardOf = (range: string, bands?: number[]) =>
  maskCard.parse({
    ...cardFacts,
    task: 'segmentation',
    classes: ['background', 'field'],
    preprocessing: {
      ...cardFacts.preprocessing,
      channels: bands?.length ?? 3,
      preparation: { range, ...(bands && { bands }) },
    },
    masks: { colours: ['#ffffff'], overlap: 0.5, patchSize: 8, decoderSteps: 1, adapted: false },
    metrics: {
      teacher: { dice: null, iou: null },
      copy: { dice: null, iou: null },
      student: { dice: null, iou: null },
      images: 0,
    },
  });
const scaled = (range: string, bands?: number[]): { mean: number[]; deviation: number[] } => {
  const entries = deepnessMetadata(cardOf(range, bands), null);
  const read = (key: string): number[] => JSON.parse(entries.get(key) ?? '[]') as number[];
  return { mean: read('standardization_mean'), deviation: read('standardization_std') };
};

// Deepness computes (value / 255 − mean) / deviation from the raster's values.
test('the input that Deepness computes from windowed values is that of the model', () => {
  const { mean, deviation } = scaled('window:5000:10000', [1, 2, 3, 4, 5, 6]);
  expect([mean.length, deviation.length]).toEqual([6, 6]);
  for (const [value, expected] of [
    [0, 0],
    [2500, 0.25],
    [10_000, 1],
  ] as const) {
    expect((value / 255 - (mean[5] ?? NaN)) / (deviation[5] ?? NaN)).toBeCloseTo(expected, 12);
  }
});

test.each(['auto', 'stored', 'percentile:2:98'])(
  '%s pixels are scaled from eight bits',
  (range) => {
    expect(scaled(range)).toEqual({ mean: [0, 0, 0], deviation: [1, 1, 1] });
  },
);
