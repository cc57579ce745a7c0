import { describe, expect, it } from 'vitest';
import { cells, plain, widthOf } from '../testing/reports.ts';
import { evaluateResult, maskEvaluation } from '../testing/results.ts';
import { evaluateReport } from './evaluate-report.ts';

describe('evaluateReport', () => {
  it('reports the agreement of masks, overall and per class', () => {
    const report = evaluateReport(maskEvaluation, plain);
    expect(report).toContain('student.onnx on 12 images');
    expect(cells(report, 'Dice, mean of images (95')?.[1]).toBe('0.850 (0.830–0.870)');
    expect(cells(report, 'Boundary F1 (1.5 mm)')?.[1]).toBe('0.800 (0.780–0.820)');
    expect(cells(report, 'Time per tile')?.[1]).toBe('3.5 ms');
    expect(cells(report, 'lumen')).toEqual([
      ...['lumen', '0.800 (0.780–0.820)', '0.700 (0.680–0.720)', '-'],
    ]);
    expect(widthOf(report)).toBeLessThanOrEqual(100);
  });

  it('reports accuracy and the most frequent confusion of each class', () => {
    const report = evaluateReport(evaluateResult(), plain);
    expect(report).toContain('student.onnx on 100 images');
    expect(cells(report, 'Accuracy')?.[1]).toBe('85.0 % (83.0–87.0)');
    expect(cells(report, 'Time per image')?.[1]).toBe('1.25 ms');
    expect(cells(report, 'forest')).toEqual(['forest', '50', '80.0 %', 'water (10)']);
    expect(cells(report, 'water')).toEqual(['water', '50', '90.0 %', 'forest (5)']);
  });

  it('distinguishes four labels from four classes', () => {
    const classes = ['a', 'b', 'c', 'd'];
    const [empty, labelRow] = [
      [0, 0, 0, 0],
      [80, 5, 3, 12],
    ];
    const single = evaluateResult({
      classes,
      confusion: [[90, 10, 0, 0], empty, empty, empty],
    });
    expect(cells(evaluateReport(single, plain), 'a ')).toEqual(['a', '100', '90.0 %', 'b (10)']);
    const several = evaluateResult({
      task: 'several',
      classes,
      confusion: classes.map(() => labelRow),
    });
    expect(cells(evaluateReport(several, plain), 'a ')).toEqual(['a', '15', '80.0 %', '5.9 %']);
  });

  it('lists at most fifty classes, with shortened names', () => {
    const classes = Array.from({ length: 60 }, (_, index) => `${index} ${'long '.repeat(30)}`);
    const confusion = classes.map((_, row) => classes.map((__, column) => row + column));
    const report = evaluateReport(evaluateResult({ classes, confusion }), plain);
    expect(report).toContain('and 10 more classes');
    expect(widthOf(report)).toBeLessThanOrEqual(100);
  });
});
