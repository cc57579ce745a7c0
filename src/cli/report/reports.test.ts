import { describe, expect, it } from 'vitest';
import { paintFor } from '../paint.ts';
import { MemoryOutput } from '../testing/memory-output.ts';
import {
  candidate,
  distillResult,
  evaluateResult,
  imageResult,
  predictResult,
  teacherResult,
} from '../testing/results.ts';
import { devicesReport } from './devices-report.ts';
import { distillReport } from './distill-report.ts';
import { evaluateReport } from './evaluate-report.ts';
import { imageReport } from './image-report.ts';
import { predictReport } from './predict-report.ts';
import { skippedList } from './skipped.ts';
import { teacherReport } from './teacher-report.ts';

const plain = paintFor(new MemoryOutput(), {});

/** The cells of the line that begins with `name`. */
function cells(report: string, name: string): string[] | undefined {
  const line = report.split('\n').find((candidateLine) => candidateLine.trim().startsWith(name));
  return line?.trim().split(/ {2,}/);
}

function widthOf(report: string): number {
  return Math.max(...report.split('\n').map((line) => line.length));
}

describe('distillReport', () => {
  const report = distillReport(distillResult(), plain);

  it.each([
    ['Teacher', 'Plain copy', 'Student'],
    ['Accuracy (95 % interval)', '93.4 % (91.4–95.4)', '84.5 % (82.5–86.5)', '90.1 % (88.1–92.1)'],
    ['Balanced accuracy', '92.4 % (90.4–94.4)', '83.5 % (81.5–85.5)', '89.1 % (87.1–91.1)'],
    ['F1, mean of classes', '0.914 (0.894–0.934)', '0.825 (0.805–0.845)', '0.881 (0.861–0.901)'],
    ['AUC', '0.970 (0.950–0.990)', '0.970 (0.950–0.990)', '0.970 (0.950–0.990)'],
    ['Blocks', '12', '6', '6'],
    ['Parameters', '5.4 million', '2.7 million', '2.7 million'],
    ['Size in float32', '21.6 MB', '10.8 MB', '10.8 MB'],
    ['Time an image', '2.4 ms', '1.2 ms', '1.2 ms'],
    ['Speed-up', '1.00×', '2.00×', '2.00×'],
    ['Reused', "93 % of the teacher's answers"],
    ['Loss', "0.8123 → 0.1034 (mean difference from the teacher's last block)"],
    ['Blocks kept', '0, 2, 4, 6, 8, 10'],
    ['Training', 'rank 16, 600 steps, 8 min 31 s in all'],
    ['Images', '100 to distil, 20 labelled for the head, 150 to test'],
    ['student.onnx', '10.9 MB', 'differs by 2.1e-6', 'same answer on 100.0 % of 64 images'],
    ['student.safetensors'],
  ])('says %s', (...row) => {
    expect(cells(report, row[0])).toEqual(row);
  });

  it('has a title, the verdict and the folder', () => {
    expect(report).toContain('Skip factor 2: 6 of 12 blocks');
    expect(report).toContain('Distilling helped');
    expect(report).toContain('Written to /out\n');
    expect(distillReport(distillResult({ skip: null }), plain)).toContain('Chosen blocks: 6 of 12');
  });

  it('has no AUC where there is none', () => {
    const student = { ...candidate(0.9, 6), auc: null };
    expect(cells(distillReport(distillResult({ student }), plain), 'AUC')?.at(-1)).toBe('-');
  });

  it('is no wider than 100 columns, however much there is', () => {
    const large = { ...candidate(0.97, 1024), parameters: 123_456_789_012, msPerImage: 123_456 };
    const wide = distillResult({
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

describe('evaluateReport', () => {
  it('says how good the model is and where it errs', () => {
    const report = evaluateReport(evaluateResult(), plain);
    expect(report).toContain('student.onnx on 100 images');
    expect(cells(report, 'Accuracy')?.[1]).toBe('85.0 % (83.0–87.0)');
    expect(cells(report, 'Time an image')?.[1]).toBe('1.25 ms');
    expect(cells(report, 'forest')).toEqual(['forest', '50', '80.0 %', 'water (10)']);
    expect(cells(report, 'water')).toEqual(['water', '50', '90.0 %', 'forest (5)']);
  });

  it('tells four labels from four classes', () => {
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
    const several = evaluateResult({ classes, confusion: classes.map(() => labelRow) });
    expect(cells(evaluateReport(several, plain), 'a ')).toEqual(['a', '15', '80.0 %', '5.9 %']);
  });

  it('lists fifty classes at most, with names cut to fit', () => {
    const classes = Array.from({ length: 60 }, (_, index) => `${index} ${'long '.repeat(30)}`);
    const confusion = classes.map((_, row) => classes.map((__, column) => row + column));
    const report = evaluateReport(evaluateResult({ classes, confusion }), plain);
    expect(report).toContain('and 10 more classes');
    expect(widthOf(report)).toBeLessThanOrEqual(100);
  });
});

it('predictReport counts the classes, the most frequent first', () => {
  const report = predictReport(predictResult, plain);
  expect(report).toContain('4 images at 812 images/s');
  expect(report.indexOf('water')).toBeLessThan(report.indexOf('forest'));
  expect(cells(report, 'water')).toEqual(['water', '3', '75.0 %']);
  expect(report).toContain('Written to /answers\n  predictions.csv');
});

it('teacherReport describes the model, what was assumed and the students', () => {
  const report = teacherReport(teacherResult, plain);
  expect(report).toContain('64 × 64 px, 3 channels, patches of 8 px');
  expect(report).toContain('12, width 192, 3 heads, MLP 768, gelu, epsilon 0.000001');
  expect(report).toContain(
    '1 class token, 4 registers, layer scale; features from the class token',
  );
  expect(report).toContain('  - the images were normalised with ImageNet mean');
  expect(cells(report, '0, 3, 6, 9')).toEqual(['0, 3, 6, 9', '3', '4', '1.81 million', '34 %']);
  expect(widthOf(report)).toBeLessThanOrEqual(100);
});

describe('imageReport', () => {
  const report = imageReport('tile.tif', imageResult, plain);

  it.each([
    ['Format', 'TIFF'],
    ['Size', '10,980 × 5,490 px'],
    ['Bands', '13 (not colours)'],
    ['Values', 'uint16, 0 to 28000, mean 1234.568'],
    ['Nodata', '0'],
    ['Spacing', '10 × 10 m'],
    ['Rescale', '0.0001 · v - 0.1'],
    ['Rescaled', '-0.1 to 2.7, mean 0.02345679'],
    ['Windows', '-160 to 240, soft tissue'],
    ['-1350 to 150'],
    ['Coordinates', 'EPSG:32633'],
    ['Transform', '10, 0, 600000, 0, -10, 5100000.25'],
    ['Levels', '10980 × 5490, 5490 × 2745'],
    ['- The last strip is cut short.'],
  ])('says %s', (...row) => {
    expect(cells(report, row[0])).toEqual(row);
  });

  it('leaves out what the file does not say', () => {
    const bare = { crs: null, transform: null, nodata: null, spacing: null };
    const plainValues = { rescale: null, rescaled: null, windows: [], min: null, max: null };
    const rest = { ...plainValues, levels: [], notes: [] };
    const text = imageReport('x', { ...imageResult, ...bare, ...rest }, plain);
    expect(
      text
        .split('\n')
        .slice(2)
        .map((line) => line.split(' ')[0]),
    ).toEqual([...['Format', 'Size', 'Bands', 'Values']]);
    expect(text).toContain('uint16, none that is finite');
  });

  it('says how a volume lies, and how many frames there are', () => {
    const lies = { orientation: 'LAS', shape: [4, 5, 6, 20], zooms: [1, 1, 2.5, 2], frames: 120 };
    const text = imageReport('x', { ...imageResult, ...lies }, plain);
    expect(cells(text, 'Orientation')?.[1]).toBe('LAS, 4 × 5 × 6 × 20 voxels of 1 × 1 × 2.5 × 2');
    expect(cells(text, 'Size')?.[1]).toBe('10,980 × 5,490 px, 120 frames');
  });

  it('says which figures are after slope and intercept, and which are infinite', () => {
    const scaled = { format: 'nifti', rescaled: null, max: null, mean: null } as const;
    const text = imageReport('x', { ...imageResult, ...scaled }, plain);
    expect(cells(text, 'Values')?.[1]).toBe(
      'uint16, 0 to infinite, mean infinite, after slope and intercept',
    );
    expect(cells(text, 'Rescaled')).toBeUndefined();
  });

  it('is no wider than 100 columns and obeys nothing in the file', () => {
    const notes = ['long '.repeat(60)];
    const text = imageReport(
      'x',
      { ...imageResult, crs: `\u001b[2J${'x'.repeat(500)}`, notes },
      plain,
    );
    expect(widthOf(text)).toBeLessThanOrEqual(100);
    expect(text).not.toContain('\u001b');
  });
});

it('devicesReport lists the devices', () => {
  const report = devicesReport(
    [{ name: 'cpu', description: 'Xeon', threads: 2, memoryBytes: 2 ** 33, gigaflops: 170.4 }],
    plain,
  );
  expect(cells(report, 'cpu')).toEqual(['cpu', 'Xeon', '2', '8 GiB', '170']);
});

it('skippedList breaks long lines and says nothing of no files', () => {
  expect(skippedList([])).toBe('');
  const list = skippedList([{ path: `in/${'x'.repeat(60)}.png`, reason: 'is cut off '.repeat(9) }]);
  expect(widthOf(list)).toBeLessThanOrEqual(100);
});
