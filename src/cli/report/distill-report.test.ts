import { describe, expect, it } from 'vitest';
import {
  candidate,
  classSummaryOf,
  maskCandidate,
  maskSummaryOf,
} from '../../contract/testing/results.ts';
import { cells, plain, widthOf } from '../testing/reports.ts';
import { distillReport } from './distill-report.ts';

describe('distillReport', () => {
  const report = distillReport(classSummaryOf(), plain);

  it.each([
    ['Teacher', 'Untrained copy', 'Student'],
    ['Accuracy (95 % interval)', '93.4 % (91.4–95.4)', '84.5 % (82.5–86.5)', '90.1 % (88.1–92.1)'],
    ['Balanced accuracy', '92.4 % (90.4–94.4)', '83.5 % (81.5–85.5)', '89.1 % (87.1–91.1)'],
    ['F1, mean of classes', '0.914 (0.894–0.934)', '0.825 (0.805–0.845)', '0.881 (0.861–0.901)'],
    ['AUC', '0.970 (0.950–0.990)', '0.970 (0.950–0.990)', '0.970 (0.950–0.990)'],
    ['Blocks', '12', '6', '6'],
    ['Parameters', '5.4 million', '2.7 million', '2.7 million'],
    ['Size in float32', '21.6 MB', '10.8 MB', '10.8 MB'],
    ['Time per image', '2.4 ms', '1.2 ms', '1.2 ms'],
    ['Speed-up', '1.00×', '2.00×', '2.00×'],
    ['Reused', "93 % of the teacher's outputs, computed in an earlier step"],
    ['Loss', "0.8123 → 0.1034 (untrained copy → student; difference from the teacher's features)"],
    ['Blocks kept', '0, 2, 4, 6, 8, 10'],
    ['Training', 'rank 16, 600 steps, 8 min 31 s in total'],
    ['Images', '100 to distil, 20 labelled for the head, 150 to test'],
    ['student.onnx', '10.9 MB', 'off by 2.1e-6', 'same prediction on 100.0 % of 64 images'],
    ['student.safetensors'],
  ])('shows %s', (...row) => {
    expect(cells(report, row[0])).toEqual(row);
  });

  it('has a title, the verdict and the folder', () => {
    expect(report).toContain('Skip factor 2: 6 of 12 blocks');
    expect(report).toContain('Distilling helped');
    expect(report).toContain('Written to /out\n');
    expect(distillReport(classSummaryOf({ skip: null }), plain)).toContain(
      'Chosen blocks: 6 of 12',
    );
  });

  it('shows a dash if there is no AUC', () => {
    const student = { ...candidate(0.9, 6), auc: null };
    expect(cells(distillReport(classSummaryOf({ student }), plain), 'AUC')?.at(-1)).toBe('-');
  });

  it('is at most 100 columns wide for the largest figures', () => {
    const large = { ...candidate(0.97, 1024), parameters: 123_456_789_012, msPerImage: 123_456 };
    const wide = classSummaryOf({
      teacher: large,
      copy: large,
      student: large,
      blocks: Array.from({ length: 512 }, (_, index) => 2 * index),
      images: {
        distilled: 1_000_000,
        labelled: 1_000_000,
        tested: 1_000_000,
        skipped: [{ path: 'x', reason: 'y' }],
      },
    });
    expect(widthOf(distillReport(wide, plain))).toBeLessThanOrEqual(100);
  });
});

describe('distillReport of masks', () => {
  const report = distillReport(maskSummaryOf(), plain);

  it.each([
    [
      'Dice, mean of images (95 % interval)',
      '0.860 (0.840–0.880)',
      '0.790 (0.770–0.810)',
      '0.850 (0.830–0.870)',
    ],
    ['nucleus', '0.910 (0.890–0.930)', '0.840 (0.820–0.860)', '0.900 (0.880–0.920)'],
    ['lumen', '0.810 (0.790–0.830)', '0.740 (0.720–0.760)', '0.800 (0.780–0.820)'],
    [
      'IoU, all pixels together',
      '0.760 (0.740–0.780)',
      '0.690 (0.670–0.710)',
      '0.750 (0.730–0.770)',
    ],
    ['Pixel accuracy', '95.0 % (93.0–97.0)', '95.0 % (93.0–97.0)', '95.0 % (93.0–97.0)'],
    ['Boundary F1 (2 px)', '0.810 (0.790–0.830)', '0.740 (0.720–0.760)', '0.800 (0.780–0.820)'],
    ['Size in float32', '21.6 MB', '10.8 MB', '10.8 MB'],
    ['Time per tile', '2.4 ms', '1.2 ms', '1.2 ms'],
    ['Training', 'rank 16, 300 steps, 400 for each decoder, 8 min 31 s in total'],
    ['Images', '100 to distil, 20 with masks for the decoders, 31 to test'],
    ['Tiles', '128 × 128 px'],
    ['0.125', '0.250', '0.500', 'images/a.png'],
    ['student.onnx', ...['10.9 MB', 'off by 2.1e-6', 'same class on 100.0 % of pixels, 64 tiles']],
  ])('shows %s', (...row) => {
    expect(cells(report, row[0])).toEqual(row);
  });

  it('lists the worst test images first, without images that have no class', () => {
    expect(report.indexOf('images/a.png')).toBeLessThan(report.indexOf('images/b.png'));
    expect(report).not.toContain('images/c.png');
    const empty = distillReport(maskSummaryOf({ perImage: [] }), plain);
    expect(empty).not.toContain('worst');
  });

  it('reports that the adapters were fine-tuned', () => {
    const adapted = distillReport(maskSummaryOf({ adapted: true }), plain);
    expect(cells(adapted, 'Training')?.[1]).toContain('400 for each decoder and the adapters');
  });

  it('names a single class once, and has dashes for missing figures', () => {
    const bare = {
      ...maskCandidate(0.8, 6),
      dice: { mean: null, classes: { nucleus: null } },
      boundaryF1: null,
    };
    const one = maskSummaryOf({ classes: ['nucleus'], student: bare });
    const text = distillReport(one, plain);
    expect(cells(text, 'nucleus')).toBeUndefined();
    expect(cells(text, 'Dice')?.at(-1)).toBe('-');
    expect(cells(text, 'Boundary F1')?.at(-1)).toBe('-');
    expect(text).toContain('Nothing can be compared');
  });

  it('is at most 100 columns wide, and lists at most fifty classes', () => {
    const classes = Array.from({ length: 60 }, (_, index) => `${index} ${'long '.repeat(30)}`);
    const text = distillReport(maskSummaryOf({ classes, adapted: true }), plain);
    expect(widthOf(text)).toBeLessThanOrEqual(100);
    expect(cells(text, '49 long')).toBeDefined();
    expect(cells(text, '50 long')).toBeUndefined();
    expect(text).toContain('the first 50 classes');
  });
});
