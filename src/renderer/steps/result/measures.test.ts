import { expect, it } from 'vitest';
import type { MaskCandidateReport } from '../../../contract/results.ts';
import {
  intervalOf,
  maskCandidate,
  maskSummaryOf,
  classSummaryOf,
} from '../../../contract/testing/results.ts';
import { howMade } from './how-made.ts';
import { accuracyRow, classRows, maskRow, scaleOf } from './measures.ts';
import { moreClassMeasures, moreMaskMeasures } from './more-measures.ts';

it('has one scale that includes all intervals', () => {
  const { scale, scaleText } = accuracyRow(classSummaryOf());
  expect(scale.low).toBeCloseTo(0.8);
  expect(scale.high).toBeCloseTo(1);
  expect(scaleText).toBe('scale 80 to 100 %');
  const wide = { value: 0, low: 0, high: 1 };
  expect(scaleOf([{ teacher: wide, copy: null, student: null }])).toEqual({ low: 0, high: 1 });
  expect(scaleOf([])).toEqual({ low: 0, high: 1 });
});

it('writes accuracy in percent, and Dice as a share', () => {
  const accuracy = accuracyRow(classSummaryOf());
  expect([accuracy.write(0.894), accuracy.writeRange(0.874, 0.914), accuracy.unit]).toEqual([
    '89.4',
    '87.4–91.4',
    '%',
  ]);
  const dice = maskRow(maskSummaryOf(), 'dice');
  expect(dice.name).toBe('Dice, mean of images');
  expect(dice.scaleText).toBe('scale 0.75 to 0.90');
  expect(dice.intervals.student).toEqual(intervalOf(0.85));
  expect([dice.write(0.85), dice.writeRange(0.83, 0.87), dice.unit]).toEqual([
    '0.850',
    '0.830–0.870',
    '',
  ]);
});

it('has a row per class on one scale, and null where nothing was measured', () => {
  const withoutLumen = (dice: number, blocks: number): MaskCandidateReport => {
    const report = maskCandidate(dice, blocks);
    const { mean, classes } = report.iou;
    return { ...report, iou: { mean, classes: { ...classes, lumen: null } } };
  };
  const summary = maskSummaryOf({
    teacher: withoutLumen(0.86, 12),
    copy: withoutLumen(0.79, 6),
    student: withoutLumen(0.85, 6),
  });
  const rows = classRows(summary, 'iou');
  expect(rows.map(({ name }) => name)).toEqual(['nucleus', 'lumen']);
  expect(rows[0]?.intervals.copy?.value).toBeCloseTo(0.74);
  expect(rows[1]?.intervals).toEqual({ teacher: null, copy: null, student: null });
  expect(rows[0]?.scale).toEqual(rows[1]?.scale);
  const bare = { ...maskCandidate(0.8, 6), boundaryF1: null };
  const boundary = maskRow(
    maskSummaryOf({ student: bare, tolerance: { distance: 1.5, unit: 'mm' } }),
    'boundaryF1',
  );
  expect(boundary.intervals.student).toBeNull();
  expect(boundary.name).toBe('Boundary F1 (1.5 mm), mean');
});

it('has more measures for both tasks', () => {
  const classes = moreClassMeasures(classSummaryOf());
  expect(classes.map(({ name }) => name)).toEqual([
    'Balanced accuracy',
    'F1, mean of classes',
    'AUC',
  ]);
  expect(classes[0]?.cells.student).toEqual(['89.1 %', '87.1–91.1']);
  expect(classes[1]?.cells.student).toEqual(['0.881', '0.861–0.901']);
  const bare = { ...maskCandidate(0.8, 6), boundaryF1: null, pixelAccuracy: null };
  const masks = moreMaskMeasures(maskSummaryOf({ copy: bare }));
  expect(masks[0]?.name).toBe('Boundary F1 (2 px), mean');
  expect(masks.map(({ cells }) => [cells.student, cells.copy])).toEqual([
    [['0.800', '0.780–0.820'], null],
    [['95.0 %', '93.0–97.0'], null],
  ]);
});

it('lists how a student was made', () => {
  const facts = new Map(howMade(maskSummaryOf({ adapted: true }), { bands: [1, 2, 3, 4, 8] }));
  expect(facts.get('Decoder')).toBe(
    '400 steps on tiles of 128 × 128 px; the student’s adapters were fine-tuned with it',
  );
  expect(facts.get('Images')).toContain('20 outlined');
  expect(facts.get('Blocks kept')).toBe('1, 3, 5, 7, 9, 11');
  expect(facts.get('Bands in the input')).toBe('1-4, 8');
  const plain = new Map(howMade(classSummaryOf(), {}));
  expect(plain.has('Bands in the input')).toBe(false);
  expect(plain.has('Decoder')).toBe(false);
  expect(plain.get('Images')).toContain('20 labelled');
  expect(plain.get('Training')).not.toContain('float');
  const half = new Map(howMade(classSummaryOf({ precision: 'float16' }), {}));
  expect(half.get('Training')).toBe(`${plain.get('Training') ?? ''}; matrix products in float16`);
});
