import { describe, expect, it } from 'vitest';
import * as g from './build.ts';
import { describeType } from './ops.ts';
import type { DType, Shape, Value } from './ops.ts';
import { broadcastShapes } from './shapes.ts';

const f = (...shape: number[]): Value => g.input('x', shape);
const typed = (dtype: DType, ...shape: number[]): Value => g.input('x', shape, dtype);
const bytes = (...shape: number[]): Value => typed('uint8', ...shape);

describe('shape rules refuse', () => {
  it.each<[string, () => unknown]>([
    [
      'constant: shape (2, 3) needs 6 values, got 5',
      () => g.constant({ shape: [2, 3], data: new Float32Array(5) }),
    ],
    ['add: got (2, 3) and (2, 4)', () => g.add(f(2, 3), f(2, 4))],
    ['sub: got (3) and (4)', () => g.sub(f(3), f(4))],
    ['mul: got (2, 3) and (3, 2)', () => g.mul(f(2, 3), f(3, 2))],
    ['div: got float32 and float16', () => g.div(f(2), typed('float16', 2))],
    ['add: expects 2 inputs, got 1', () => g.apply('add', [f(2)], {})],
    ['abs: expects 1 inputs, got 2', () => g.apply('abs', [f(2), f(2)], {})],
    ['softmax: expects 1 inputs, got 0', () => g.apply('softmax', [], {})],
    ['normalize: () has no axis 0', () => g.normalize(f(), 1e-6)],
    [
      'normalize: expects 3 inputs, got 2',
      () => g.apply('normalize', [f(2), f(2)], { epsilon: 1 }),
    ],
    [
      'normalize: scale or shift (3) does not fit (3, 2)',
      () => g.normalize(f(3, 2), 1e-6, [f(2), f(3)]),
    ],
    ['matmul: got (8, 65, 192) and (8, 64, 192)', () => g.matmul(f(8, 65, 192), f(8, 64, 192))],
    ['matmul: got (3) and (3, 2)', () => g.matmul(f(3), f(3, 2))],
    ['matmul: got (3, 2) and (2)', () => g.matmul(f(3, 2), f(2))],
    ['matmul: got (2, 3, 4) and (5, 4, 3)', () => g.matmul(f(2, 3, 4), f(5, 4, 3))],
    ['matmul: got (3, 4) and (2, 4, 3)', () => g.matmul(f(3, 4), f(2, 4, 3))],
    ['matmul: got float32 and uint8', () => g.matmul(f(2, 2), bytes(2, 2))],
    [
      'quantizedMatmul: weight must be a uint8 matrix',
      () => g.quantizedMatmul(f(2, 3), f(3, 4), f(4)),
    ],
    [
      'quantizedMatmul: weight must be a uint8 matrix',
      () => g.quantizedMatmul(f(2, 3), bytes(1, 3, 4), f(4)),
    ],
    [
      'quantizedMatmul: scale (3) does not fit weight (3, 4)',
      () => g.quantizedMatmul(f(2, 3), bytes(3, 4), f(3)),
    ],
    ['quantizedMatmul: got (2, 5) and (3, 4)', () => g.quantizedMatmul(f(2, 5), bytes(3, 4), f(4))],
    ['transpose: (0, 0) does not permute (2, 3)', () => g.transpose(f(2, 3), [0, 0])],
    ['transpose: (0, 1) does not permute (2, 3, 4)', () => g.transpose(f(2, 3, 4), [0, 1])],
    ['transpose: (1, 2) does not permute (2, 3)', () => g.transpose(f(2, 3), [1, 2])],
    ['reshape: (2, 3) does not fit (7)', () => g.reshape(f(2, 3), [7])],
    ['reshape: (2, 3) does not fit (4, 1.5)', () => g.reshape(f(2, 3), [4, -1])],
    ['reshape: (2, 3) does not fit (-2, -3)', () => g.reshape(f(2, 3), [-2, -3])],
    ['expand: (2, 3) does not fit (1, 3)', () => g.expand(f(2, 3), [1, 3])],
    ['expand: (2, 3) does not fit (3)', () => g.expand(f(2, 3), [3])],
    ['expand: got (2, 3) and (2, 4)', () => g.expand(f(2, 3), [2, 4])],
    ['slice: (2, 3) has no axis 2', () => g.slice(f(2, 3), 2, 0, 1)],
    ['slice: [-1, 2) is outside axis 1 of (2, 3)', () => g.slice(f(2, 3), 1, -1, 2)],
    ['slice: [1, 4) is outside axis 1 of (2, 3)', () => g.slice(f(2, 3), 1, 1, 4)],
    ['slice: [2, 2) is outside axis 1 of (2, 3)', () => g.slice(f(2, 3), 1, 2, 2)],
    ['concat: needs at least one input', () => g.concat([], 0)],
    ['concat: (2, 3) has no axis 2', () => g.concat([f(2, 3)], 2)],
    ['concat: (3, 3) does not fit (2, 3) along axis 1', () => g.concat([f(2, 3), f(3, 3)], 1)],
    ['concat: (2, 3) does not fit (2, 3) along axis 0', () => g.concat([f(2, 3), bytes(2, 3)], 0)],
    ['pad: amounts must not be negative', () => g.pad(f(2), 0, -1, 0)],
    ['pad: (2) has no axis 1', () => g.pad(f(2), 1, 1, 0)],
    ['reduceSum: (2, 3) has no axis 2', () => g.reduceSum(f(2, 3), [0, 2])],
    ['reduceMean: (2, 3) has no axis -1', () => g.reduceMean(f(2, 3), [-1])],
    ['cast: expects 1 inputs, got 0', () => g.apply('cast', [], { dtype: 'float32' })],
  ])('%s', (message, build) => {
    expect(build).toThrow(message);
  });
});

describe('shape rules return', () => {
  it.each<[string, Value]>([
    ['float32 (2, 3, 4)', g.add(f(3, 1), f(2, 1, 4))],
    ['float32 (2, 65, 5)', g.matmul(f(2, 65, 4), f(4, 5))],
    ['float32 (2, 3, 6, 5)', g.matmul(f(2, 3, 6, 4), f(2, 3, 4, 5))],
    ['float32 (2, 6, 4)', g.quantizedMatmul(f(2, 6, 3), bytes(3, 4), f(4))],
    ['float32 (4, 2, 3)', g.transpose(f(2, 3, 4), [2, 0, 1])],
    ['float32 (4, 3)', g.swapLast(f(3, 4))],
    ['float32 (2, 12)', g.reshape(f(2, 3, 4), [2, -1])],
    ['float32 (1)', g.reshape(f(), [-1])],
    ['float32 (2, 3, 4)', g.expand(f(3, 1), [2, 3, 4])],
    ['float32 (2, 2, 4)', g.slice(f(2, 3, 4), 1, 1, 3)],
    ['float32 (2, 8)', g.concat([f(2, 3), f(2, 1), f(2, 4)], 1)],
    ['float32 (2, 6)', g.pad(f(2, 3), 1, 1, 2)],
    ['float32 (1, 3, 1)', g.reduceSum(f(2, 3, 4), [0, 2])],
    ['float16 (2, 3)', g.cast(f(2, 3), 'float16')],
  ])('%s', (expected, value) => {
    expect(describeType(value.type)).toBe(expected);
  });

  it('has two outputs for normalize', () => {
    const types = g.apply('normalize', [f(2, 3, 8)], { epsilon: 1e-6 }).map(({ type }) => type);
    expect(types.map(describeType)).toEqual(['float32 (2, 3, 8)', 'float32 (2, 3, 1)']);
  });
});

it.each<[Shape, Shape, Shape]>([
  [[], [], []],
  [[], [2, 3], [2, 3]],
  [[3], [2, 3], [2, 3]],
  [
    [2, 1],
    [1, 3],
    [2, 3],
  ],
  [
    [4, 1, 6],
    [5, 1],
    [4, 5, 6],
  ],
])('broadcasts %j and %j to %j, either way round', (a, b, expected) => {
  expect(broadcastShapes('op', a, b)).toEqual(expected);
  expect(broadcastShapes('op', b, a)).toEqual(expected);
});
