import { join } from 'node:path';
import * as g from '../src/core/graph/build.ts';
import { matmulFlops } from '../src/core/graph/cost.ts';
import { differentiate } from '../src/core/graph/differentiate.ts';
import { graphInputs } from '../src/core/graph/ops.ts';
import type { Graph } from '../src/core/graph/ops.ts';
import { simplify } from '../src/core/graph/rewrite.ts';
import { targetGraph, trainStep } from '../src/core/distill/train-step.ts';
import { adapterLayout } from '../src/core/lora/adapters.ts';
import { elementCount } from '../src/core/tensor.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { copyBlocks, keptBlocks } from '../src/core/vit/copy.ts';
import { measureMatmul } from './matmul.ts';
import { onnxRuntime } from '../src/runtime/onnxruntime.ts';
import { imagesAtOnce } from '../src/engine/training.ts';
import type { LoadedGraph } from '../src/runtime/executor.ts';
import { architectures, randomModel } from './models.ts';
import { readProfile, shareOutsideProducts } from './profile.ts';
import { fastest, printTable } from './table.ts';

/** Training step and teacher against one large MatMul of the same runtime. */
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
    // The teacher's graph is built for 2 images and runs with any number.
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
 * What docs/adr/0003 decides: a layer's weight as W + B·A in one product against the adapter beside it,
 * x·W + (x·A)·B, forward and backward, for one layer of 2,080 tokens.
 */
export async function benchAdapters(threads: number): Promise<void> {
  const executor = onnxRuntime('cpu', { threads });
  const rows = [];
  for (const [width, rank] of [
    [192, 16],
    [768, 16],
    [768, 128],
  ] as const) {
    const times: Record<string, number> = {};
    for (const form of ['merged', 'beside'] as const) {
      const graph = adapterGraph(form, 2080, width, rank);
      const loaded = await executor.load(graph);
      times[form] = await timeGraph(loaded, graph, 20, 0);
      await loaded.dispose();
    }
    const { merged = NaN, beside = NaN } = times;
    rows.push({
      layer: `${width} × ${width}, rank ${rank}`,
      'W + B·A ms': merged.toFixed(2),
      'beside ms': beside.toFixed(2),
      ratio: (merged / beside).toFixed(2),
    });
  }
  printTable('One adapted layer, forward and gradients', rows);
}

function adapterGraph(
  form: 'merged' | 'beside',
  tokens: number,
  width: number,
  rank: number,
): Graph {
  const x = g.input('x', [tokens, width]);
  const a = g.input('a', [width, rank]);
  const b = g.input('b', [rank, width]);
  const weight = g.constant({
    shape: [width, width],
    data: new Float32Array(width * width).fill(0.01),
  });
  const y =
    form === 'merged'
      ? g.matmul(x, g.add(weight, g.matmul(a, b)))
      : g.add(g.matmul(x, weight), g.matmul(g.matmul(x, a), b));
  const loss = g.reshape(g.reduceSum(g.mul(y, y), [0, 1]), []);
  const gradients = differentiate(loss, [x, a, b]);
  return simplify({
    name: form,
    outputs: new Map(gradients.map((gradient, index) => [`d${index}`, gradient])),
  });
}

/** @param batch leading size of inputs that take any number of images */
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
 * Some value for every input of a graph.
 *
 * @param batch leading size of inputs that take any number of images
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
