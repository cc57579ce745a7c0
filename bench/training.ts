import { join } from 'node:path';
import * as g from '../src/core/graph/build.ts';
import { matmulFlops } from '../src/core/graph/cost.ts';
import { differentiate } from '../src/core/graph/differentiate.ts';
import { graphInputs } from '../src/core/graph/ops.ts';
import type { Graph } from '../src/core/graph/ops.ts';
import { simplify } from '../src/core/graph/rewrite.ts';
import { targetGraph, trainStep } from '../src/core/distill/train-step.ts';
import { adapterLayout } from '../src/core/vit/adapters.ts';
import { elementCount } from '../src/core/tensor.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { copyBlocks, keptBlocks } from '../src/core/vit/copy.ts';
import { adapterForm, applyLinear } from '../src/core/vit/linear.ts';
import type { AdapterForm, Linear } from '../src/core/vit/linear.ts';
import { measureMatmul } from './matmul.ts';
import { onnxRuntime } from '../src/runtime/onnxruntime.ts';
import { imagesAtOnce } from '../src/engine/distill/training.ts';
import type { LoadedGraph } from '../src/runtime/executor.ts';
import { architectures, randomModel } from './models.ts';
import { readProfile, shareOutsideProducts } from './profile.ts';
import { fastest, printTable } from './table.ts';

/** Compares training step and teacher with one large MatMul of the same runtime. */
export async function benchTraining(threads: number, folder: string): Promise<void> {
  const executor = onnxRuntime('cpu', { threads });
  const rows = [];
  for (const [name, architecture] of Object.entries(architectures)) {
    const model = randomModel(architecture);
    const part = imagesAtOnce(executor, model);
    const copy = copyBlocks(model, keptBlocks(architecture.depth, 2));
    const layout = adapterLayout(copy.architecture, 16);
    const step = trainStep({ copy, layout }, part);
    const prefix = join(folder, 'step');
    const profiled = await onnxRuntime('cpu', { threads, profilePrefix: prefix }).load(step);
    await timeGraph(profiled, step, 4, part);
    await profiled.dispose();
    const outside = shareOutsideProducts(readProfile(prefix));
    const matmul = await measureMatmul(executor);
    const stepTime = await loadAndTime(step, 6, part);
    const teacher = targetGraph(model);
    const teacherTime = await loadAndTime(teacher, 4, part);
    const stepSpeed = matmulFlops(step) / stepTime / 1e6;
    // The teacher's graph is built for 2 images and accepts any number.
    const teacherSpeed = ((matmulFlops(teacher) / 2) * part) / teacherTime / 1e6;
    rows.push({
      teacher: `${name}, r = 2, rank 16, ${part} images`,
      'MatMul GFLOP/s': matmul.toFixed(0),
      'step ms': stepTime.toFixed(0),
      'step GFLOP/s': stepSpeed.toFixed(0),
      'step/MatMul': (stepSpeed / matmul).toFixed(2),
      'outside products': `${(100 * outside).toFixed(0)} %`,
      'teacher ms': teacherTime.toFixed(0),
      'teacher/MatMul': (teacherSpeed / matmul).toFixed(2),
    });
  }
  printTable('Training step (forward, backward, AdamW) against one large MatMul', rows);

  async function loadAndTime(graph: Graph, runs: number, batch: number): Promise<number> {
    const loaded = await executor.load(graph);
    const time = await timeGraph(loaded, graph, runs, batch);
    await loaded.dispose();
    return time;
  }
}

/**
 * Measures what docs/adr/0003 decides: adapters merged into the weights, x·(W + A·B), compared with separate ones,
 * x·W + (x·A)·B, for the two layers of an MLP, forward and gradients, alternately.
 */
export async function benchAdapters(threads: number): Promise<void> {
  const executor = onnxRuntime('cpu', { threads });
  const rows = [];
  for (const [tokens, width, rank] of [
    [2080, 192, 16],
    [1970, 384, 16],
    [1576, 768, 16],
    [1576, 768, 128],
  ] as const) {
    const forms = [];
    for (const form of ['merged', 'beside'] as const) {
      const graph = adapterGraph(form, tokens, width, rank);
      forms.push({ graph, loaded: await executor.load(graph), best: Infinity });
    }
    for (let round = 0; round < 20; round++) {
      for (const each of forms) {
        each.best = Math.min(each.best, await timeGraph(each.loaded, each.graph, 1, 0));
      }
    }
    for (const { loaded } of forms) await loaded.dispose();
    const [merged = NaN, beside = NaN] = forms.map(({ best }) => best);
    rows.push({
      MLP: `${tokens} tokens, width ${width}, rank ${rank}`,
      'merged ms': merged.toFixed(2),
      'beside ms': beside.toFixed(2),
      'beside/merged': (beside / merged).toFixed(2),
      'a step has them': adapterForm(tokens, width, rank),
    });
  }
  printTable('Adapted layers of an MLP, forward and gradients', rows);
}

function adapterGraph(form: AdapterForm, tokens: number, width: number, rank: number): Graph {
  const x = g.input('x', [tokens, width]);
  const layer = (name: string, inputs: number, outputs: number): Linear => ({
    weight: g.constant({
      shape: [outputs, inputs],
      data: new Float32Array(inputs * outputs).fill(0.01),
    }),
    bias: undefined,
    adapter: {
      form,
      a: g.input(`${name}.a`, [rank, inputs]),
      b: g.input(`${name}.b`, [outputs, rank]),
    },
  });
  const [first, second] = [layer('fc1', width, 4 * width), layer('fc2', 4 * width, width)];
  const y = applyLinear(applyLinear(x, first), second);
  const loss = g.reshape(g.reduceSum(g.mul(y, y), [0, 1]), []);
  const parameters = [first, second].flatMap(({ adapter }) =>
    adapter ? [adapter.a, adapter.b] : [],
  );
  const gradients = differentiate(loss, [x, ...parameters]);
  return simplify({
    name: form,
    outputs: new Map(gradients.map((gradient, index) => [`d${index}`, gradient])),
  });
}

/** @param batch leading size of inputs that accept any number of images */
async function timeGraph(
  loaded: LoadedGraph,
  graph: Graph,
  runs: number,
  batch: number,
): Promise<number> {
  const feeds = feedsOf(graph, batch);
  return fastest(runs, async () => {
    for (const result of (await loaded.run(feeds)).values()) result.dispose();
  });
}

/**
 * Returns random values for every input of a graph.
 *
 * @param batch leading size of inputs that accept any number of images
 */
export function feedsOf(graph: Graph, batch: number): Readonly<Record<string, Tensor>> {
  const feeds: Record<string, Tensor> = {};
  for (const { attributes } of graphInputs(graph)) {
    const { shape: declared } = attributes.type;
    const shape = graph.batch === undefined ? declared : declared.with(0, batch);
    feeds[attributes.name] = {
      shape,
      data: Float32Array.from({ length: elementCount(shape) }, (_, i) => 0.01 + (i % 17) / 100),
    };
  }
  return feeds;
}
