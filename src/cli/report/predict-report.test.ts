import { expect, it } from 'vitest';
import { cells, plain } from '../testing/reports.ts';
import { maskPrediction, predictResult } from '../testing/results.ts';
import { predictReport } from './predict-report.ts';

it('predictReport counts the classes, the most frequent first', () => {
  const report = predictReport(predictResult, plain);
  expect(report).toContain('4 images at 812 images/s');
  expect(report.indexOf('water')).toBeLessThan(report.indexOf('forest'));
  expect(cells(report, 'water')).toEqual(['water', '3', '75.0 %']);
  expect(report).toContain('Written to /answers\n  predictions.csv');
});

it('predictReport counts pixels, and adds notes', () => {
  const report = predictReport(maskPrediction, plain);
  expect(report).toContain('4 images at 2.5 images/s');
  expect(cells(report, 'nucleus')).toEqual(['nucleus', '3,000', '75.0 %']);
  expect(report).toContain('The masks of 2 images already existed and are included here.');
  const files = Array.from({ length: 30 }, (_, index) => `/answers/${index}.png`);
  const many = predictReport({ ...maskPrediction, files }, plain);
  expect(many).toContain('19.png\n  and 10 more');
  expect(report).toContain('Areas are in pixels: the images do not say how large one is.');
  expect(report).toContain('Written to /answers\n  a.png');
  const nothing = { ...maskPrediction, pixels: { nucleus: 0 }, known: 0, notes: [] };
  const quiet = predictReport(nothing, plain);
  expect(cells(quiet, 'nucleus')).toEqual(['nucleus', '0', '-']);
  expect(quiet).not.toContain('already');
});
