import { expect, it } from 'vitest';
import { around, maskCandidate, maskSummaryOf, summaryOf } from '../../testing/results.ts';
import { howMade } from './how-made.ts';
import { accuracyRow, classRows, maskRow, scaleOf } from './measures.ts';
import { moreMeasures } from './more-measures.ts';

it('has one scale with all intervals inside', () => {
  const { scale, scaleText } = accuracyRow(summaryOf());
  expect(scale.low).toBeCloseTo(0.8);
  expect(scale.high).toBeCloseTo(1);
  expect(scaleText).toBe('scale 80 to 100 %');
  const wide = { value: 0, low: 0, high: 1 };
  expect(scaleOf([{ teacher: wide, copy: null, student: null }])).toEqual({ low: 0, high: 1 });
  expect(scaleOf([])).toEqual({ low: 0, high: 1 });
});

it('writes accuracy in percent, and Dice as a share', () => {
  const accuracy = accuracyRow(summaryOf());
  expect([accuracy.write(0.894), accuracy.writeRange(0.874, 0.914), accuracy.unit]).toEqual([
    ...['89.4', '87.4–91.4', '%'],
  ]);
  const dice = maskRow(maskSummaryOf(), 'dice');
  expect(dice.name).toBe('Dice, mean');
  expect(dice.scaleText).toBe('scale 0.75 to 0.90');
  expect(dice.intervals.student).toEqual(around(0.85));
  expect([dice.write(0.85), dice.writeRange(0.83, 0.87), dice.unit]).toEqual([
    ...['0.850', '0.830–0.870', ''],
  ]);
});

it('has a row a class on one scale, and nothing where nothing was measured', () => {
  const rows = classRows(maskSummaryOf(), 'iou');
  expect(rows.map(({ name }) => name)).toEqual(['nucleus', 'lumen']);
  expect(rows[0]?.intervals.copy?.value).toBeCloseTo(0.74);
  expect(rows[1]?.intervals).toEqual({ teacher: null, copy: null, student: null });
  expect(rows[0]?.scale).toEqual(rows[1]?.scale);
  const bare = { ...maskCandidate(0.8, 6), boundaryF1: null };
  expect(maskRow(maskSummaryOf({ student: bare }), 'boundaryF1').intervals.student).toBeNull();
});

it('has more measures of either kind', () => {
  const classes = moreMeasures(summaryOf());
  expect(classes.map(({ name }) => name)).toEqual([
    ...['Balanced accuracy', 'F1, mean of classes', 'AUC'],
  ]);
  expect(classes[0]?.cells.student).toEqual(['89.4 %', '87.4–91.4']);
  expect(classes[1]?.cells.student).toEqual(['0.894', '0.874–0.914']);
  const bare = { ...maskCandidate(0.8, 6), boundaryF1: null, pixelAccuracy: null };
  const masks = moreMeasures(maskSummaryOf({ copy: bare }));
  expect(masks.map(({ cells }) => [cells.student, cells.copy])).toEqual([
    [['0.800', '0.780–0.820'], null],
    [['95.0 %', '93.0–97.0'], null],
  ]);
});

it('says how a student was made', () => {
  const facts = new Map(howMade(maskSummaryOf({ adapted: true })));
  expect(facts.get('Decoder')).toBe(
    '400 steps on tiles of 128 × 128 px; the student’s adapters learnt on with it',
  );
  expect(facts.get('Images')).toContain('20 outlined');
  expect(facts.get('Blocks kept')).toBe('1, 3, 5, 7, 9, 11');
  const plain = new Map(howMade(summaryOf()));
  expect(plain.has('Decoder')).toBe(false);
  expect(plain.get('Images')).toContain('20 labelled');
});
