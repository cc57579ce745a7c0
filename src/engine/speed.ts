import { z } from 'zod';
import { targetGraph, trainStep } from '../core/distill/train-step.ts';
import { graphInputs } from '../core/graph/ops.ts';
import type { Graph } from '../core/graph/ops.ts';
import { adapterLayout } from '../core/lora/adapters.ts';
import { elementCount } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import { featureGraph } from '../core/vit/classifier.ts';
import { copyBlocks } from '../core/vit/copy.ts';
import type { VitModel } from '../core/vit/weights.ts';
import type { Executor } from '../runtime/executor.ts';
import { openExecutor } from './devices.ts';
import { inferenceBatch } from './inference.ts';
import { openTeacher } from './teacher.ts';
import { imagesAtOnce } from './training.ts';

/** What is to be measured. */
export interface SpeedRequest {
  readonly teacher: string;
  readonly rank: number;
}

/** A time that grows with the number of blocks: fixed + block·n, seconds an image. */
const blockTime = z.strictObject({ fixed: z.number(), block: z.number() });
export type BlockTime = z.infer<typeof blockTime>;

/** How fast this machine is with a teacher's blocks. */
export const machineSpeed = z.strictObject({
  /** A training step of a student, forward and backward. */
  step: blockTime,
  /** Features alone, in batches of 16, as a student is used. */
  inference: blockTime,
  /** The teacher's targets for a new view. */
  target: z.number(),
});
export type MachineSpeed = z.infer<typeof machineSpeed>;

/**
 * Measures students of one and of three blocks and the teacher, some runs each, and takes a line
 * through them: blocks are alike, so their times add up.
 */
export async function measureSpeed({ teacher: file, rank }: SpeedRequest): Promise<MachineSpeed> {
  const { model } = await openTeacher(file, {});
  const executor = openExecutor('cpu');
  const images = imagesAtOnce(executor, model);
  const { depth } = model.architecture;
  const many = Math.min(3, depth);
  const one = copyBlocks(model, [0]);
  const more = copyBlocks(
    model,
    Array.from({ length: many }, (_, block) => block),
  );
  const stepTime = async (student: VitModel): Promise<number> => {
    const layout = adapterLayout(student.architecture, rank);
    return time(executor, trainStep({ copy: student, layout }, images), images);
  };
  const inferenceTime = (student: VitModel): Promise<number> =>
    time(executor, featureGraph(student), inferenceBatch);
  return {
    step: line(await stepTime(one), await stepTime(more), many),
    inference: line(await inferenceTime(one), await inferenceTime(more), many),
    target: await time(executor, targetGraph(model), images),
  };
}

function line(one: number, more: number, blocks: number): BlockTime {
  const block = blocks > 1 ? Math.max((more - one) / (blocks - 1), 0) : one;
  return { fixed: Math.max(one - block, 0), block };
}

export function timeOf({ fixed, block }: BlockTime, blocks: number): number {
  return fixed + block * blocks;
}

/** Seconds an image: the quickest of a few runs, as other work on the machine will not last for ever. */
async function time(executor: Executor, graph: Graph, images: number): Promise<number> {
  const loaded = await executor.load(graph);
  const feeds: Record<string, Tensor> = {};
  for (const { attributes } of graphInputs(graph)) {
    const { shape: declared } = attributes.type;
    const shape = graph.batch === undefined ? declared : declared.with(0, images);
    feeds[attributes.name] = { shape, data: new Float32Array(elementCount(shape)).fill(0.01) };
  }
  let best = Infinity;
  for (let run = 0; run < 4; run++) {
    const start = performance.now();
    const results = await loaded.run(feeds);
    best = Math.min(best, (performance.now() - start) / 1000 / images);
    for (const result of results.values()) result.dispose();
  }
  await loaded.dispose();
  return best;
}
