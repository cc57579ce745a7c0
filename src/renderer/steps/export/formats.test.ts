import { describe, expect, it } from 'vitest';
import type { Run } from '../../../contract/app.ts';
import { hasCopy } from '../../../contract/judgement.ts';
import { candidate, classSummaryOf } from '../../../contract/testing/results.ts';
import { fileName, formatChoices, isGood, splitPath, defaultModel } from './formats.ts';

const report = (file: string, bytes: number, agreement: number) => ({
  file,
  bytes,
  relativeDifference: 1e-6,
  agreement,
  images: 64,
});

const summary = classSummaryOf({
  parity: [
    report('/run/student.onnx', 10_900_000, 1),
    report('/run/student.fp16.onnx', 5_600_000, 1),
    report('C:\\run\\student.int8.onnx', 2_900_000, 0.97),
  ],
});

it('finds the parity report of each format, and estimates the size of formats without one', () => {
  const choices = formatChoices(summary);
  expect(choices.map(({ format, bytes, isEstimate }) => [format, bytes, isEstimate])).toEqual([
    ['float32', 10_900_000, false],
    ['float16', 5_600_000, false],
    ['int8', 2_900_000, false],
    ['safetensors', 10_800_000, true],
  ]);
  expect(choices.map(isGood)).toEqual([true, true, false, true]);
});

describe('fileName', () => {
  const run = { summary, teacherBlocks: 12 } as Run;
  it.each([
    ['Tiles 2026', 'float32', 'tiles-2026-student-6-of-12.onnx'],
    ['Zürich / Höhe: "A"', 'int8', 'zurich-hohe-a-student-6-of-12.int8.onnx'],
    ['细胞', 'safetensors', '细胞-student-6-of-12.safetensors'],
    ['???', 'float16', 'student-6-of-12.fp16.onnx'],
  ] as const)('of %s as %s', (name, format, expected) => {
    expect(fileName(name, run, format)).toBe(expected);
  });
});

it.each([
  ['/home/a/b.onnx', 'b.onnx', '/home/a'],
  ['C:\\a\\b.onnx', 'b.onnx', 'C:\\a'],
  ['b.onnx', 'b.onnx', ''],
])('splits %s', (path, name, folder) => {
  expect(splitPath(path)).toEqual({ name, folder });
});

it('saves the copy by default if it is recommended', () => {
  const files = ['/out/student.onnx', '/out/copy.onnx'];
  const student = candidate(0.8, 6);
  expect(defaultModel(classSummaryOf({ files, student }))).toBe('copy');
  expect(defaultModel(classSummaryOf({ files }))).toBe('student');
  expect(defaultModel(classSummaryOf({ student }))).toBe('student');
});

it('offers the copy if it has files', () => {
  expect(hasCopy(classSummaryOf())).toBe(false);
  const files = ['C:\\out\\student.onnx', 'C:\\out\\copy.onnx'];
  expect(hasCopy(classSummaryOf({ files }))).toBe(true);
});
