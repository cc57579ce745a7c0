import { trainStep } from '../src/core/distill/train-step.ts';
import { matmulFlops } from '../src/core/graph/cost.ts';
import type { Graph } from '../src/core/graph/ops.ts';
import { adapterLayout } from '../src/core/vit/adapters.ts';
import { tokenCount } from '../src/core/vit/architecture.ts';
import type { VitArchitecture } from '../src/core/vit/architecture.ts';
import { featureGraph } from '../src/core/vit/classifier.ts';
import type { Executor } from '../src/runtime/executor.ts';
import { onnxRuntime } from '../src/runtime/onnxruntime.ts';
import { measureMatmul } from './matmul.ts';
import { architectures, randomModel } from './models.ts';
import { fastest, printTable } from './table.ts';
import { feedsOf } from './training.ts';

const rank = 16;
const runs = 5;

/** Default student of each table: of ViT-S's width and few blocks, so that no table takes long. */
const usual = { imageSize: 224, width: 384, depth: 3, batch: 8 };
type Point = typeof usual;

const tables: Readonly<Record<string, readonly Partial<Point>[]>> = {
  tokens: [64, 128, 224, 320, 384].map((imageSize) => ({ imageSize })),
  width: [192, 384, 768, 1024].map((width) => ({ width })),
  depth: [1, 2, 3, 6, 12].map((depth) => ({ depth })),
  batch: [1, 2, 4, 8, 16, 32].map((batch) => ({ batch })),
};

/** Measures the cost of a step and a prediction as a student grows, one size at a time. */
export async function benchCost(threads: number): Promise<void> {
  const executor = onnxRuntime('cpu', { threads });
  for (const [name, points] of Object.entries(tables)) {
    const rows = [];
    for (const change of points) rows.push(await measure(executor, { ...usual, ...change }));
    printTable(
      `Cost against ${name}: patches of 16 px, heads of 64, MLP 4 times as wide, rank ${rank}`,
      rows,
    );
  }
}

async function measure(executor: Executor, point: Point): Promise<Record<string, string>> {
  const { batch, width, depth } = point;
  const architecture = architectureOf(point);
  const student = randomModel(architecture);
  const layout = adapterLayout(architecture, rank);
  const step = trainStep({ copy: student, layout }, batch);
  const features = featureGraph(student);
  // Its graph is built for 2 images and accepts any number.
  const featureFlops = (matmulFlops(features) / 2) * batch;
  const matmul = await measureMatmul(executor);
  const stepTime = await time(executor, step, batch);
  const featureTime = await time(executor, features, batch);
  const speeds = { step: matmulFlops(step) / stepTime, student: featureFlops / featureTime };
  return {
    student: `${tokenCount(architecture)} tokens, width ${width}, ${depth} blocks, ${batch} images`,
    'step ms': stepTime.toFixed(0),
    'step GFLOP/s': (speeds.step / 1e6).toFixed(0),
    'step/MatMul': (speeds.step / 1e6 / matmul).toFixed(2),
    'prediction ms': featureTime.toFixed(0),
    'prediction GFLOP/s': (speeds.student / 1e6).toFixed(0),
    'prediction/MatMul': (speeds.student / 1e6 / matmul).toFixed(2),
    'MatMul GFLOP/s': matmul.toFixed(0),
  };
}

function architectureOf({ imageSize, width, depth }: Point): VitArchitecture {
  const like = architectures['ViT-B/16, 224 px'];
  return { ...like, imageSize, width, depth, heads: width / 64, mlpWidth: 4 * width };
}

async function time(executor: Executor, graph: Graph, batch: number): Promise<number> {
  const loaded = await executor.load(graph);
  const feeds = feedsOf(graph, batch);
  const best = await fastest(runs + 1, async () => {
    for (const result of (await loaded.run(feeds)).values()) result.dispose();
  });
  await loaded.dispose();
  return best;
}
