import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { UserError } from '../errors.ts';
import { copyBlocks, keptBlocks } from './copy.ts';
import { checkWeights } from './weights.ts';

describe('keptBlocks', () => {
  it.each([
    [1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    [2, [0, 2, 4, 6, 8, 10]],
    [3, [0, 3, 6, 9]],
    [4, [0, 4, 8]],
    [5, [0, 5, 10]],
    [6, [0, 6]],
    [7, [0, 7]],
    [8, [0, 8]],
    [9, [0, 9]],
    [10, [0, 10]],
    [11, [0, 11]],
    [12, [0]],
  ])('of 12 with r = %i', (skip, blocks) => {
    expect(keptBlocks(12, skip)).toEqual(blocks);
  });

  it.each([0, 13, -1, 1.5, NaN, Infinity])('refuses r = %d of 12', (skip) => {
    const attempt = (): unknown => keptBlocks(12, skip);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(
      `The skip factor must be a whole number from 1 to 12, the number of the teacher's blocks, not ${skip}.`,
    );
  });
});

describe('copyBlocks', () => {
  const teacher = tinyVit({ depth: 12, layerScale: true });

  // Ten blocks and more: a name must not be confused with another that begins with it.
  it.each([[[0, 6]], [[1, 10, 11]], [[11]]])('renames blocks %j, in order', (blocks) => {
    const student = copyBlocks(teacher, blocks);
    expect(student.architecture).toEqual({ ...teacher.architecture, depth: blocks.length });
    checkWeights(student.architecture, student.weights, 'student');
    const names = [...student.weights.keys()].filter((name) => name.startsWith('blocks.'));
    expect(names).toHaveLength(blocks.length * 14);
    for (const name of names) {
      const [, position = '', rest = ''] = /^blocks\.(\d+)\.(.*)$/.exec(name) ?? [];
      const source = `blocks.${blocks[Number(position)] ?? ''}.${rest}`;
      expect(student.weights.get(name), name).toBe(teacher.weights.get(source));
    }
  });

  it('keeps all weights outside blocks, and does not change the teacher', () => {
    const before = new Map(teacher.weights);
    const student = copyBlocks(teacher, [3]);
    for (const [name, weight] of teacher.weights) {
      if (!name.startsWith('blocks.')) expect(student.weights.get(name), name).toBe(weight);
    }
    expect(student.normalization).toBe(teacher.normalization);
    expect(teacher.weights).toEqual(before);
    expect(teacher.architecture.depth).toBe(12);
  });

  it.each([
    [[], 'none'],
    [[0, 12], '0,12'],
    [[-1, 3], '-1,3'],
    [[2, 1], '2,1'],
    [[1, 1], '1,1'],
    [[0.5], '0.5'],
  ])('refuses the list %j', (blocks, described) => {
    const attempt = (): unknown => copyBlocks(teacher, blocks);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(
      `at least one number, from 0 to 11, in ascending order, not ${described}.`,
    );
  });
});
