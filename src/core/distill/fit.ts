import * as g from '../graph/build.ts';
import type { Graph } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import type { Tensor } from '../tensor.ts';
import { embed, runBlocks, traceBlocks } from '../vit/forward.ts';
import { weightOf } from '../vit/weights.ts';
import type { VitModel } from '../vit/weights.ts';
import { imageShape } from './train-step.ts';

/**
 * Initialisation better than an untrained copy, in closed form. A kept block replaces itself and the skipped
 * blocks after it; its last layer, fc2, is fitted by least squares so that the block's output is as close as
 * possible to the teacher's tokens at the start of the next kept block. Blocks are fitted in order, each on top of
 * the fitted ones before it. The student stays a plain transformer of the same size.
 */

/** Index of the teacher block whose output each kept block must reproduce: the last one skipped after it. */
export function segmentEnds(blocks: readonly number[], depth: number): readonly number[] {
  return blocks.map((_, index) => (blocks[index + 1] ?? depth) - 1);
}

/**
 * Builds the graph of the normal equations of one block's fit.
 *
 * Input: `images` (B, C, S, S), B = `part`. With H = [hidden, 1] (B·N, M + 1) and R = target - output
 * (B·N, D), outputs: `gram` HᵀH (M + 1, M + 1), `cross` HᵀR (M + 1, D).
 *
 * @param student the copy, with the blocks before this one fitted
 * @param end index of the teacher block whose output is the target
 */
export function fitGraph(
  teacher: VitModel,
  student: VitModel,
  block: number,
  end: number,
  part: number,
): Graph {
  const upTo = (model: VitModel, last: number): VitModel => ({
    ...model,
    architecture: { ...model.architecture, depth: last + 1 },
  });
  const tokens = embed(teacher, g.input('images', imageShape(teacher, part)));
  const target = runBlocks(upTo(teacher, end), tokens).at(-1);
  const trace = traceBlocks(upTo(student, block), tokens).at(-1);
  if (!target || !trace)
    throw new Error(`fitGraph: block ${block} or teacher block ${end} does not exist`);
  const { width, mlpWidth } = student.architecture;
  const hidden = g.reshape(trace.hidden, [-1, mlpWidth]);
  const rows = hidden.type.shape[0] ?? 0;
  const ones = g.constant({ shape: [rows, 1], data: new Float32Array(rows).fill(1) });
  const extended = g.concat([hidden, ones], 1);
  const residual = g.reshape(g.sub(target, trace.output), [-1, width]);
  return simplify({
    name: 'fit',
    outputs: new Map([
      ['gram', g.matmul(g.swapLast(extended), extended)],
      ['cross', g.matmul(g.swapLast(extended), residual)],
    ]),
  });
}

/** Sums of `gram` and `cross` over parts, in double precision. */
export interface NormalEquations {
  readonly gram: Float64Array;
  readonly cross: Float64Array;
}

/** Share of the mean squared hidden value that is added to the diagonal (ridge, Hoerl and Kennard, 1970). */
const ridge = 1e-3;

/**
 * The student with one block's fc2 fitted: W ← W + ΔW, b ← b + Δb with
 * (HᵀH + λ·diag) [ΔWᵀ; Δb] = HᵀR, the bias not penalised.
 */
export function fittedBlock(
  student: VitModel,
  block: number,
  equations: NormalEquations,
): VitModel {
  const { width, mlpWidth, layerScale } = student.architecture;
  const size = mlpWidth + 1;
  const matrix = equations.gram.slice();
  let trace = 0;
  for (let i = 0; i < mlpWidth; i++) trace += matrix[i * size + i] ?? 0;
  const penalty = (ridge * trace) / mlpWidth;
  for (let i = 0; i < mlpWidth; i++) matrix[i * size + i] = (matrix[i * size + i] ?? 0) + penalty;
  const solution = solvePositive(matrix, equations.cross, size, width);
  const name = `blocks.${block}.mlp.fc2`;
  const gamma = layerScale
    ? weightOf(student.weights, `blocks.${block}.ls2.gamma`).data
    : undefined;
  const weight = copyOf(weightOf(student.weights, `${name}.weight`));
  const bias = copyOf(weightOf(student.weights, `${name}.bias`));
  for (let output = 0; output < width; output++) {
    // Behind a layer scale of (nearly) zero no weight makes a difference.
    const scale = gamma?.[output] ?? 1;
    if (Math.abs(scale) < 1e-6) continue;
    for (let i = 0; i < mlpWidth; i++) {
      const position = output * mlpWidth + i;
      weight.data[position] =
        (weight.data[position] ?? 0) + (solution[i * width + output] ?? 0) / scale;
    }
    bias.data[output] =
      (bias.data[output] ?? 0) + (solution[mlpWidth * width + output] ?? 0) / scale;
  }
  const weights = new Map([
    ...student.weights,
    [`${name}.weight`, weight] as const,
    [`${name}.bias`, bias] as const,
  ]);
  return { ...student, weights };
}

/**
 * Solves A·X = B for a symmetric positive definite A (n, n), B (n, m), by Cholesky factorisation. `a` is
 * overwritten.
 *
 * @throws when A is not positive definite
 */
export function solvePositive(
  a: Float64Array,
  b: Float64Array,
  n: number,
  m: number,
): Float64Array {
  const row = (i: number): Float64Array => a.subarray(i * n, (i + 1) * n);
  for (let j = 0; j < n; j++) {
    const left = row(j);
    const pivot = (left[j] ?? 0) - dot(left, left, j);
    if (!(pivot > 0)) throw new Error(`solvePositive: pivot ${j} is ${pivot}`);
    left[j] = Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) {
      const lower = row(i);
      lower[j] = ((lower[j] ?? 0) - dot(lower, left, j)) / (left[j] ?? 1);
    }
  }
  const x = b.slice();
  const line = (i: number): Float64Array => x.subarray(i * m, (i + 1) * m);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) addScaled(line(i), line(k), -(a[i * n + k] ?? 0));
    scaleBy(line(i), 1 / (a[i * n + i] ?? 1));
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) addScaled(line(i), line(k), -(a[k * n + i] ?? 0));
    scaleBy(line(i), 1 / (a[i * n + i] ?? 1));
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) {
    target[i] = (target[i] ?? 0) + factor * (source[i] ?? 0);
  }
}

function scaleBy(target: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) * factor;
}

function copyOf({ shape, data }: Tensor): Tensor {
  return { shape, data: data.slice() };
}
