import { expect, it } from 'vitest';
import type { ProjectSettings } from '../../contract/app.ts';
import { plainVit } from '../../core/vit/architecture.ts';
import { estimateStudents } from './estimates.ts';

const architecture = {
  ...plainVit,
  ...{ imageSize: 64, patchSize: 8, width: 192, depth: 12, heads: 3, mlpWidth: 768 },
};
const speed = {
  step: { fixed: 0.001, block: 0.001 },
  inference: { fixed: 0, block: 0.0002 },
  target: 0.003,
};
const settings: ProjectSettings = {
  ...{ teacher: 1, skip: 2, rank: 16, steps: 100, batch: 10, views: 4 },
  ...({ start: 'copy', orientation: 'upright', preparation: { range: 'auto' } } as const),
};

it('offers each number of blocks once', () => {
  const students = estimateStudents(architecture, speed, settings, 50);
  expect(students.map(({ skip }) => skip)).toEqual([1, 2, 3, 4, 6, 12]);
  const counts = students.map(({ blocks }) => blocks.length);
  expect(new Set(counts).size).toBe(counts.length);
});

it('adds up steps, new views and what comes besides', () => {
  const half = estimateStudents(architecture, speed, settings, 50).find(({ skip }) => skip === 2);
  // 1,000 samples of six blocks, 200 views that are new, eight seconds besides.
  expect(half?.seconds).toBeCloseTo(1000 * 0.007 + 200 * 0.003 + 8, 9);
  expect(half?.speedUp).toBeCloseTo(2, 9);
});

it('a fitted start costs more', () => {
  const time = (start: 'copy' | 'fitted'): number =>
    estimateStudents(architecture, speed, { ...settings, start }, 50)[1]?.seconds ?? NaN;
  expect(time('fitted')).toBeGreaterThan(time('copy'));
});
