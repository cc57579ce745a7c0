import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyVit } from '../../tests/support/tiny-vit.ts';
import { difference, randomTensor, required } from '../../tests/support/values.ts';
import * as g from '../core/graph/build.ts';
import { evaluate } from '../core/graph/evaluate.ts';
import type { Graph } from '../core/graph/ops.ts';
import { emitOnnx } from '../core/onnx/emit.ts';
import { halfWeights, quantizedWeights } from '../core/onnx/precision.ts';
import { classifierGraph } from '../core/vit/classifier.ts';
import { readResult } from './executor.ts';
import { onnxRuntime } from './onnxruntime.ts';

const executor = onnxRuntime('cpu', { threads: 1 });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-models-'));
});
afterAll(() => rm(folder, { recursive: true }));

// Wide enough for its matrices to count as large: 64·64 weights.
const model = tinyVit({ width: 64, mlpWidth: 64 });
const head = { weight: randomTensor([3, 64], 1), bias: randomTensor([3], 2) };
const student = classifierGraph(model, { ...head, task: 'single' });
const image = randomTensor([2, 3, 8, 8], 3, 0, 1);
const logits = (graph: Graph): Float64Array =>
  required(evaluate(graph, new Map([['image', image.data]])).get('logits'), 'logits').data;

/** Logits of the student on `image`, computed by a model file. */
async function fromFile(name: string, batch = image): Promise<Float32Array> {
  const loaded = await executor.loadFile(join(folder, name));
  const { data } = await readResult(await loaded.run({ image: batch }), 'logits');
  await loaded.dispose();
  return data;
}

describe('a model file', () => {
  it('runs with weights in a file next to it', async () => {
    const { model: bytes, weights } = emitOnnx(student, {
      external: { file: 'apart.weights', threshold: 1000 },
    });
    expect(weights.length).toBeGreaterThan(0);
    await writeFile(join(folder, 'apart.onnx'), bytes);
    await expect(executor.loadFile(join(folder, 'apart.onnx'))).rejects.toThrow('apart.weights');
    await writeFile(join(folder, 'apart.weights'), Buffer.concat(weights));
    expect(difference(await fromFile('apart.onnx'), logits(student))).toBeLessThan(1e-5);
  });

  // 8 bits: an input between two steps may be rounded either way.
  it.each([
    ['float32', student, 1e-5, 0],
    ['float16', halfWeights(student), 1e-5, 5e-3],
    ['int8', quantizedWeights(student), 5e-3, 0.1],
  ])('runs with weights in %s', async (name, graph, ofItsGraph, ofTheLiveModel) => {
    await writeFile(join(folder, `${name}.onnx`), emitOnnx(graph).model);
    expect(difference(await fromFile(`${name}.onnx`), logits(graph))).toBeLessThan(ofItsGraph);
    expect(difference(logits(graph), logits(student))).toBeLessThanOrEqual(ofTheLiveModel);
  });

  // 8-bit inputs take their range from the whole batch, so its size affects the results.
  it.each([
    ['float32', student],
    ['float16', halfWeights(student)],
  ])('runs with any number of images (%s)', async (name, graph) => {
    await writeFile(join(folder, 'any.onnx'), emitOnnx(graph).model);
    const both = await fromFile('any.onnx');
    const first = { shape: [1, 3, 8, 8], data: image.data.slice(0, 192) };
    const three = { shape: [3, 3, 8, 8], data: Float32Array.of(...image.data, ...first.data) };
    expect(difference(await fromFile('any.onnx', first), both.slice(0, 3)), name).toBeLessThan(
      1e-5,
    );
    const expected = [...both, ...both.slice(0, 3)];
    expect(difference(await fromFile('any.onnx', three), expected), name).toBeLessThan(1e-5);
  });

  it('that is not a model is refused', async () => {
    const path = join(folder, 'garbage.onnx');
    await writeFile(path, 'not a model');
    await expect(executor.loadFile(path)).rejects.toThrow(/Load model from .*garbage\.onnx failed/);
  });
});

it('graphs with weights passed outside of the message run like others', async () => {
  // Above 64 MiB the executor passes weights outside of the message: a bias for each of 17 M sums.
  const columns = 2 ** 24 + 1024;
  const weight = new Float32Array(columns).fill(0.25);
  weight[columns - 1] = -3;
  const x = g.input('x', [1, 1]);
  const sums = g.matmul(x, g.constant({ shape: [1, columns], data: weight }));
  const outputs = new Map([['y', g.slice(sums, 1, columns - 2, columns)]]);
  const loaded = await executor.load({ name: 'large', outputs });
  const input = { shape: [1, 1], data: Float32Array.of(2) };
  const y = await readResult(await loaded.run({ x: input }), 'y');
  await loaded.dispose();
  expect([...y.data]).toEqual([0.5, -6]);
});

describe('a graph with more weights than a message should contain', () => {
  it('has its own copy of each, at any offset of its array', async () => {
    const side = 3000;
    const values = new Float32Array(2 * side * side + 7);
    const [one, two] = [values.subarray(3, 3 + side * side), values.subarray(7 + side * side)];
    one.fill(0.5);
    two.fill(0.25);
    const shape = [side, side];
    const x = g.input('x', [1, side]);
    const product = g.matmul(x, g.constant({ shape, data: one }));
    const y = g.add(g.constant({ shape, data: two }), product);
    const loaded = await executor.load({ name: 'two', outputs: new Map([['y', y]]) });
    values.fill(NaN);
    const data = new Float32Array(side);
    data[1] = 3;
    const result = await readResult(await loaded.run({ x: { shape: [1, side], data } }), 'y');
    await loaded.dispose();
    expect(result.shape).toEqual(shape);
    expect(result.data.every((value) => value === 1.75)).toBe(true);
  });
});
