import { targetGraph, trainStep } from '../src/core/distill/train-step.ts';
import type { Graph } from '../src/core/graph/ops.ts';
import { adapterLayout } from '../src/core/vit/adapters.ts';
import { copyBlocks, keptBlocks } from '../src/core/vit/copy.ts';
import { imagesAtOnce } from '../src/engine/distill/training.ts';
import type { Executor } from '../src/runtime/executor.ts';
import { onnxRuntime } from '../src/runtime/onnxruntime.ts';
import { tensorFlow } from '../src/runtime/tensorflow.ts';
import { tensorflowNative } from '../src/runtime/tensorflow-library.ts';
import { architectures, randomModel } from './models.ts';
import { fastest, printTable } from './table.ts';
import { feedsOf } from './training.ts';

/** Times the training step and the teacher on every executor of this computer, alternately. */
export async function benchExecutors(threads: number): Promise<void> {
  const native = tensorflowNative({ threads });
  if (!native.usable) console.log(`Without TensorFlow: ${native.reason}\n`);
  const executors: readonly Executor[] = [
    onnxRuntime('cpu', { threads }),
    ...(native.usable ? [tensorFlow('tensorflow', { threads })] : []),
  ];
  const rows = [];
  for (const [name, architecture] of Object.entries(architectures)) {
    const model = randomModel(architecture);
    const copy = copyBlocks(model, keptBlocks(architecture.depth, 2));
    // The same number of images everywhere: one that suits a processor.
    const images = Math.min(...executors.map((executor) => imagesAtOnce(executor, model)));
    const step = trainStep({ copy, layout: adapterLayout(copy.architecture, 16) }, images);
    const steps = await inTurns(executors, step, images);
    const teachers = await inTurns(executors, targetGraph(model), images);
    for (const [index, executor] of executors.entries()) {
      rows.push({
        executor: `${executor.name}, ${name}, r = 2, rank 16, ${images} images`,
        'step ms': (steps[index] ?? NaN).toFixed(0),
        'teacher ms': (teachers[index] ?? NaN).toFixed(0),
      });
    }
  }
  printTable('Executors', rows);
}

/** Returns the shortest run of a graph on each executor, ms. */
async function inTurns(
  executors: readonly Executor[],
  graph: Graph,
  images: number,
): Promise<number[]> {
  const feeds = feedsOf(graph, images);
  const loaded = [];
  for (const executor of executors) loaded.push(await executor.load(graph));
  const best = executors.map(() => Infinity);
  for (let round = 0; round < 8; round++) {
    for (const [index, each] of loaded.entries()) {
      const time = await fastest(1, async () => {
        for (const result of (await each.run(feeds)).values()) result.dispose();
      });
      best[index] = Math.min(best[index] ?? Infinity, time);
    }
  }
  for (const each of loaded) await each.dispose();
  return best;
}
