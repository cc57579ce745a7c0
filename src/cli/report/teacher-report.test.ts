import { describe, expect, it } from 'vitest';
import type { Teacher } from '../../contract/app.ts';
import { cells, plain, widthOf } from '../testing/reports.ts';
import { teacherResult } from '../testing/results.ts';
import { teacherImportReport, teacherListReport } from './teacher-list-report.ts';
import { teacherReport } from './teacher-report.ts';

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
