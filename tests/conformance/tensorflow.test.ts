import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { biasCorrections } from '../../src/core/distill/optimizer.ts';
import { trainStep } from '../../src/core/distill/train-step.ts';
import * as g from '../../src/core/graph/build.ts';
import type { Graph } from '../../src/core/graph/ops.ts';
import { adapterLayout } from '../../src/core/vit/adapters.ts';
import { tensor, zeros } from '../../src/core/tensor.ts';
import type { DeviceTensor, LoadedGraph } from '../../src/runtime/executor.ts';
import { tensorFlow } from '../../src/runtime/tensorflow.ts';
import { tinyVit } from '../support/tiny-vit.ts';
import { difference, randomTensor, required } from '../support/values.ts';
import { tensorflowMissing } from './executors.ts';

const backends = [
  { backend: 'cpu', missing: undefined },
  { backend: 'tensorflow', missing: tensorflowMissing },
] as const;

const copy = tinyVit();
const layout = adapterLayout(copy.architecture, 2);
const vector = [layout.size];

/** Inputs of a step that come from the previous one. */
interface State {
  readonly parameters: DeviceTensor;
  readonly mean: DeviceTensor;
  readonly square: DeviceTensor;
}

const start = {
  parameters: randomTensor(vector, 1, -0.1, 0.1),
  mean: zeros(vector),
  square: zeros(vector),
};

/**
 * Runs a step of the distillation on one batch of two images; returns its loss, and the state that stays on the
 * device.
 */
async function step(
  loaded: LoadedGraph,
  state: typeof start | State,
  index: number,
): Promise<{ loss: number; state: State }> {
  const results = await loaded.run({
    ...state,
    ...{ lossSum: zeros([]), gradientSum: zeros(vector), share: tensor([], [1]) },
    images: randomTensor([2, 3, 8, 8], 2, 0, 1),
    targets: randomTensor([2, 5, 6], 3),
    learningRate: tensor([], [1e-3]),
    corrections: tensor([2], biasCorrections(index + 1)),
  });
  const output = (name: string): DeviceTensor => required(results.get(name), name);
  const loss = (await output('lossSumNext').read()).data[0] ?? NaN;
  for (const name of ['lossSumNext', 'gradientSumNext']) output(name).dispose();
  return {
    loss,
    state: {
      parameters: output('parametersNext'),
      mean: output('meanNext'),
      square: output('squareNext'),
    },
  };
}

function disposeState(state: State): void {
  for (const value of Object.values(state) as DeviceTensor[]) value.dispose();
}

describe.each(backends)('TensorFlow.js $backend', ({ backend, missing }) => {
  const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

  describe.skipIf(missing !== undefined)(`memory${reason}`, () => {
    const executor = tensorFlow(backend, { threads: 1 });

    it('stays constant over 1,000 training steps, and is freed', async () => {
      const before = tf.memory();
      const loaded = await executor.load(trainStep({ copy, layout }, 2));
      let { state } = await step(loaded, start, 0);
      const first = tf.memory();
      const losses = [];
      for (let index = 1; index <= 1000; index++) {
        const next = await step(loaded, state, index);
        disposeState(state);
        ({ state } = next);
        losses.push(next.loss);
        const { numTensors, numBytes, numDataBuffers } = tf.memory();
        expect({ numTensors, numBytes, numDataBuffers }).toMatchObject({
          numTensors: first.numTensors,
          numBytes: first.numBytes,
          numDataBuffers: first.numDataBuffers,
        });
      }
      expect(losses.at(-1)).toBeLessThan(0.9 * required(losses[0], 'loss'));
      disposeState(state);
      await loaded.dispose();
      expect(tf.memory()).toMatchObject({
        numTensors: before.numTensors,
        numDataBuffers: before.numDataBuffers,
      });
    });

    it('holds only tensors that are still needed', async () => {
      const size = 1000;
      let y = g.input('x', [size]);
      for (let index = 0; index < 100; index++) y = g.gelu(y);
      const loaded = await executor.load({ name: 'chain', outputs: new Map([['y', y]]) });
      const before = tf.memory().numBytes;
      const { peakBytes } = await tf.profile(async () => {
        for (const result of (await loaded.run({ x: zeros([size]) })).values()) result.dispose();
      });
      // The input, one result and the intermediate results of gelu; and a few numbers.
      expect(peakBytes - before).toBeLessThan(4.5 * 4 * size);
      await loaded.dispose();
    });

    it('is freed by a run that fails', async () => {
      const x = g.input('x', [2, 3]);
      const w = g.input('w', [2, 3]);
      const graph: Graph = { name: 'sum', outputs: new Map([['y', g.add(g.abs(x), w)]]), batch: 2 };
      const loaded = await executor.load(graph);
      const before = tf.memory().numTensors;
      const feeds = { x: zeros([4, 3]), w: zeros([5, 3]) };
      await expect(loaded.run(feeds)).rejects.toThrow(
        backend === 'cpu' ? /could not be broadcast/ : /TensorFlow failed/,
      );
      expect(tf.memory().numTensors).toBe(before);
      await loaded.dispose();
    });
  });
});

const reason = tensorflowMissing === undefined ? '' : ` (skipped: ${tensorflowMissing})`;

describe.skipIf(tensorflowMissing !== undefined)(`two backends in one process${reason}`, () => {
  const [plain, native] = [tensorFlow('cpu'), tensorFlow('tensorflow', { threads: 1 })];
  const held = (backend: string): number => tf.findBackend(backend).numDataIds();
  const graph = trainStep({ copy, layout }, 2);

  it('compute in turns, each with its own tensors', async () => {
    const heldBefore = held('cpu');
    const [a, b] = await Promise.all([plain.load(graph), native.load(graph)]);
    const heldByPlain = held('cpu') - heldBefore;
    let [ofPlain, ofNative] = await Promise.all([step(a, start, 0), step(b, start, 0)]);
    for (let index = 1; index < 20; index++) {
      const next = await Promise.all([
        step(a, ofPlain.state, index),
        step(b, ofNative.state, index),
      ]);
      for (const { state } of [ofPlain, ofNative]) disposeState(state);
      [ofPlain, ofNative] = next;
      expect(difference([ofNative.loss], [ofPlain.loss])).toBeLessThan(1e-5);
      // Weights and state: if an op had run on the other backend's tensors, they would have moved there.
      expect(held('cpu') - heldBefore).toBe(heldByPlain + 3);
    }
    await expect(step(b, ofPlain.state, 20)).rejects.toThrow('another executor');
    await expect(step(a, ofNative.state, 20)).rejects.toThrow('another executor');
    for (const { state } of [ofPlain, ofNative]) disposeState(state);
    await Promise.all([a.dispose(), b.dispose()]);
    expect(held('cpu')).toBe(heldBefore);
  });
});
