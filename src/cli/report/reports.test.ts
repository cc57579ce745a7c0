import { describe, expect, it } from 'vitest';
import type { Teacher } from '../../contract/app.ts';
import { paintFor } from '../paint.ts';
import { MemoryOutput } from '../testing/memory-output.ts';
import {
  candidate,
  classSummaryOf,
  maskCandidate,
  maskSummaryOf,
} from '../../contract/testing/results.ts';
import {
  evaluateResult,
  imageResult,
  maskEvaluation,
  maskPrediction,
  predictResult,
  teacherResult,
} from '../testing/results.ts';
import { devicesReport } from './devices-report.ts';
import { distillReport } from './distill-report.ts';
import { evaluateReport } from './evaluate-report.ts';
import { imageReport } from './image-report.ts';
import { predictReport } from './predict-report.ts';
import { teacherImportReport, teacherListReport } from './teacher-list-report.ts';
import { teacherReport } from './teacher-report.ts';

const plain = paintFor(new MemoryOutput(), {});

/** Returns the cells of the line that begins with `name`. */
function cells(report: string, name: string): string[] | undefined {
  const line = report.split('\n').find((candidateLine) => candidateLine.trim().startsWith(name));
  return line?.trim().split(/ {2,}/);
}

function widthOf(report: string): number {
  return Math.max(...report.split('\n').map((line) => line.length));
}

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

it('teacherReport describes the model, what was inferred and the students', () => {
  const report = teacherReport(teacherResult, plain);
  expect(report).toContain('64 × 64 px, 3 channels, patches of 8 px');
  expect(report).toContain('12, width 192, 3 heads, MLP 768, gelu, epsilon 0.000001');
  expect(report).toContain(
    '1 class token, 4 registers, layer scale; features from the class token',
  );
  expect(report).toContain("a vision transformer in timm's naming");
  expect(cells(report, '--heads')).toEqual([
    '--heads',
    '3',
    'certain: stated in a configuration file next to the weights',
  ]);
  expect(cells(report, '--mean')).toEqual([
    '--mean',
    '0.485, 0.456, 0.406',
    'a guess: please check',
  ]);
  expect(report).toContain('  - The text encoder is left out');
  expect(cells(report, '0, 3, 6, 9')).toEqual(['0, 3, 6, 9', '3', '4', '1.81 million', '34 %']);
  expect(widthOf(report)).toBeLessThanOrEqual(100);
});

it.each([
  [6, '64 × 64 px, trained on 6 bands, patches of 8 px'],
  [1, '64 × 64 px, trained on 1 band, patches of 8 px'],
])('teacherReport reports how many bands a teacher was trained on: %d', (bands, expected) => {
  const value = Array.from({ length: bands }, () => 0.5);
  const mean = { property: 'mean', value, source: 'guess', sentence: '' } as const;
  const report = teacherReport({ ...teacherResult, inferred: [mean] }, plain);
  expect(cells(report, 'Input')?.[1]).toBe(expected);
});

describe('teachers of a workspace', () => {
  const { inferred, notes, assumed } = teacherResult;
  const teacher: Teacher = {
    id: 2,
    name: 'rad-dino',
    file: '/models/rad-dino',
    isBundled: false,
    isFetched: false,
    bytes: 346_000_000,
    parameters: 86_600_000,
    imageSize: 518,
    patchSize: 14,
    width: 768,
    heads: 12,
    depth: 12,
    blockParameters: 7_100_000,
    training: null,
    suits: null,
    licence: null,
    assumed,
    inferred,
    notes,
    memoryNeeded: 1,
    memoryFree: 1,
  };

  it.each([
    [true, 'Imported rad-dino'],
    [false, 'Updated rad-dino, which was already in the workspace'],
  ])('teacherImportReport describes the imported teacher (new: %j)', (isNew, title) => {
    const report = teacherImportReport({ workspace: '/projects', teacher, isNew }, plain);
    expect(report.split('\n')[0]).toBe(title);
    expect(cells(report, 'Input')).toEqual(['Input', '518 × 518 px, patches of 14 px']);
    expect(cells(report, '--mean')).toEqual([
      '--mean',
      '0.485, 0.456, 0.406',
      'a guess: please check',
    ]);
    expect(report).toContain('  - The text encoder is left out');
  });

  it('teacherImportReport reports that every workspace has the bundled teacher', () => {
    const bundled = { ...teacher, isBundled: true };
    const summary = { workspace: '/projects', teacher: bundled, isNew: false };
    expect(teacherImportReport(summary, plain)).toMatch(/^This is the bundled teacher/);
  });

  it('teacherListReport lists the guessed properties of each teacher', () => {
    const teachers = [{ ...teacher, name: 'own', isBundled: true, inferred: [] }, teacher];
    const report = teacherListReport({ workspace: '/projects', teachers, gone: [] }, plain);
    expect(cells(report, 'rad-dino')).toEqual([
      ...['rad-dino', '86.6 million', '518 px', '12 blocks', 'mean'],
    ]);
    expect(cells(report, 'own (comes with Understudy)')?.at(-1)).toBe('none');
    expect(report).not.toContain('is missing');
    const none = { workspace: '/projects', teachers: [], gone: [] };
    expect(teacherListReport(none, plain)).toContain('No teachers yet.');
  });

  it('teacherListReport names teachers whose file is missing', () => {
    const list = { workspace: '/projects', teachers: [teacher], gone: [teacher.id] };
    expect(teacherListReport(list, plain)).toContain(
      '  - The file of rad-dino is missing: /models/rad-dino. Put it back, or import it again.',
    );
  });
});

describe('imageReport', () => {
  const report = imageReport('tile.tif', imageResult, plain);

  it.each([
    ['Format', 'TIFF'],
    ['Size', '10,980 × 5,490 px'],
    ['Bands', '13 (not colours); bands 1, 2, 3 are used as red, green, blue by default'],
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
  ])('shows %s', (...row) => {
    expect(cells(report, row[0])).toEqual(row);
  });

  it('omits properties that the file does not state', () => {
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
    expect(text).toContain('uint16, no finite values');
  });

  it('reports the orientation of a volume, and its number of frames', () => {
    const lies = { orientation: 'LAS', shape: [4, 5, 6, 20], zooms: [1, 1, 2.5, 2], frames: 120 };
    const text = imageReport('x', { ...imageResult, ...lies }, plain);
    expect(cells(text, 'Orientation')?.[1]).toBe('LAS, 4 × 5 × 6 × 20 voxels of 1 × 1 × 2.5 × 2');
    expect(cells(text, 'Size')?.[1]).toBe('10,980 × 5,490 px, 120 frames');
  });

  it('lists bands with their names in several lines, and marks the alpha band', () => {
    const bandNames = ['B02', null, ...Array.from({ length: 10 }, () => 'reflectance'), null];
    const text = imageReport('x', { ...imageResult, bandNames, alpha: 13 }, plain);
    expect(cells(text, 'Alpha')?.[1]).toMatch(/^band 13 \(opacity\)$/);
    expect(cells(text, 'Names')?.[1]).toMatch(/^1 B02, 2 unnamed, 3 reflectance, .*,$/);
    expect(text).toMatch(/^ +7 reflectance,.* 11 reflectance,\n +12 reflectance, 13 alpha$/m);
  });

  it('reports that infinite values were left out', () => {
    const text = imageReport('x', { ...imageResult, infinite: 2 }, plain);
    expect(cells(text, 'Values')?.[1]).toBe(
      'uint16, 0 to 28000, mean 1234.568; 2 infinite values left out',
    );
  });

  it('marks figures after slope and intercept, and infinite ones', () => {
    const scaled = { format: 'nifti', rescaled: null, max: null, mean: null } as const;
    const text = imageReport('x', { ...imageResult, ...scaled }, plain);
    expect(cells(text, 'Values')?.[1]).toBe(
      'uint16, 0 to infinite, mean infinite, after slope and intercept',
    );
    expect(cells(text, 'Rescaled')).toBeUndefined();
  });

  it('is at most 100 columns wide and replaces control characters of the file', () => {
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

it('devicesReport lists usable devices, and what the others need', () => {
  const report = devicesReport(
    [
      {
        name: 'cpu',
        description: 'Xeon',
        missing: null,
        threads: 2,
        memoryBytes: 2 ** 33,
        imagesPerSecond: 170.4,
      },
      {
        name: 'webgpu',
        description: 'GPU',
        missing: 'It needs a driver.',
        threads: null,
        memoryBytes: null,
        imagesPerSecond: null,
      },
    ],
    plain,
  );
  expect(cells(report, 'cpu')).toEqual(['cpu', 'Xeon', '2', '8 GiB', '170']);
  expect(report).toContain('webgpu: It needs a driver.');
});
