import { expect, it } from 'vitest';
import { required } from '../../../tests/support/values.ts';
import * as g from './build.ts';
import { printGraph } from './print.ts';

it('prints one line per node, inputs before their users', () => {
  const x = g.input('x', [2, 3]);
  const weight = g.constant({ shape: [3, 2], data: new Float32Array(6) });
  const product = g.matmul(x, weight);
  const [y, inverse] = g.apply('normalize', [product], { epsilon: 1e-6 });
  const turned = g.transpose(g.mul(required(y, 'y'), g.scalar(0.5)), [1, 0]);
  const graph = {
    name: 'small',
    outputs: new Map([
      ['turned', turned],
      ['inverse', g.abs(required(inverse, 'inverse'))],
    ]),
  };
  expect(printGraph(graph)).toBe(
    [
      'graph small',
      '%0: float32 (2, 3) = input() {name: x}',
      '%1: float32 (3, 2) = constant()',
      '%2: float32 (2, 2) = matmul(%0, %1)',
      '%3: float32 (2, 2), %3.1: float32 (2, 1) = normalize(%2) {epsilon: 0.000001}',
      '%4: float32 () = constant() {0.5}',
      '%5: float32 (2, 2) = mul(%3, %4)',
      '%6: float32 (2, 2) = transpose(%5) {permutation: [1, 0]}',
      '%7: float32 (2, 1) = abs(%3.1)',
      'return turned: %6, inverse: %7',
    ].join('\n'),
  );
});

it('prints a value that is used twice once', () => {
  const x = g.exp(g.input('x', [1]));
  expect(printGraph({ name: 'twice', outputs: new Map([['y', g.add(x, x)]]) })).toBe(
    [
      'graph twice',
      '%0: float32 (1) = input() {name: x}',
      '%1: float32 (1) = exp(%0)',
      '%2: float32 (1) = add(%1, %1)',
      'return y: %2',
    ].join('\n'),
  );
});

it('prints a value that is an output and an input once', () => {
  const x = g.exp(g.input('x', [1]));
  const outputs = new Map([
    ['y', g.abs(x)],
    ['x', x],
  ]);
  expect(printGraph({ name: 'both', outputs })).toBe(
    [
      'graph both',
      '%0: float32 (1) = input() {name: x}',
      '%1: float32 (1) = exp(%0)',
      '%2: float32 (1) = abs(%1)',
      'return y: %2, x: %1',
    ].join('\n'),
  );
});

it('prints attributes that are words, and constants of other types', () => {
  const bytes = g.typedConstant({ dtype: 'uint8', shape: [1] }, Uint8Array.of(128));
  const y = g.gelu(g.cast(bytes, 'float32'), 'tanh');
  expect(printGraph({ name: 'words', outputs: new Map([['y', y]]) })).toBe(
    [
      'graph words',
      '%0: uint8 (1) = constant() {128}',
      '%1: float32 (1) = cast(%0) {dtype: float32}',
      '%2: float32 (1) = gelu(%1) {approximation: tanh}',
      'return y: %2',
    ].join('\n'),
  );
});
