import { z } from 'zod';
import type {
  DeviceName,
  Precision,
  TeacherOverrides,
  WrittenPreparation,
} from '../contract/jobs.ts';
import { inferenceMemory, trainingMemory } from '../core/distill/memory.ts';
import { segmentationStep } from '../core/distill/segmentation-step.ts';
import { targetGraph, trainStep } from '../core/distill/train-step.ts';
import {
  drawView,
  toPlanes,
  viewParameters,
  viewRecipe,
  workingSides,
} from '../core/distill/views.ts';
import { graphInputs } from '../core/graph/ops.ts';
import { input, slice } from '../core/graph/build.ts';
import type { Graph, Shape, TensorType, Value } from '../core/graph/ops.ts';
import {
  decoderLayout,
  initialDecoder,
  segmentationGraph,
} from '../core/heads/segmentation-decoder.ts';
import { preparationOf } from '../core/image/preparation.ts';
import { adapterLayout } from '../core/lora/adapters.ts';
import { elementCount } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import { featureGraph } from '../core/vit/classifier.ts';
import type { VitArchitecture } from '../core/vit/architecture.ts';
import { copyBlocks } from '../core/vit/copy.ts';
import type { VitModel } from '../core/vit/weights.ts';
import { loadAll, readResult } from '../runtime/executor.ts';
import type { Executor } from '../runtime/executor.ts';
import { memoryOf } from './devices/device-memory.ts';
import { openExecutor } from './devices/open-executor.ts';
import { imagesToInfer } from './inference.ts';
import { shareOf, watchOthers } from './other-work.ts';
import { tilesOfSide } from './segmentation/tile-model.ts';
import { openTeacher } from './teacher.ts';
import { imagesAtOnce } from './training.ts';

/** What is to be measured. */
export interface SpeedRequest {
  readonly teacher: string;
  /** What a person corrected of it. */
  readonly overrides?: TeacherOverrides;
  readonly rank: number;
  /** Side of the input, px; the teacher's own by default. */
  readonly imageSize?: number | undefined;
  /** What is seen of images, of which the number of channels matters; red, green and blue by default. */
  readonly preparation?: WrittenPreparation;
  /** Whether regions are outlined: then a decoder is measured too. */
  readonly outlines?: boolean;
  /** The processor by default. */
  readonly device?: DeviceName;
  /** Of a GPU's products; float32 by default. */
  readonly precision?: Precision;
  readonly threads?: number | undefined;
}

/** A time that grows with the number of blocks: fixed + block·n, seconds an image. */
const blockTime = z.strictObject({ fixed: z.number(), block: z.number() });
export type BlockTime = z.infer<typeof blockTime>;

/** How fast this machine is with a teacher's blocks. */
export const machineSpeed = z.strictObject({
  /** A training step of a student, forward and backward. */
  step: blockTime,
  /** Features alone, in batches as a student is used. */
  inference: blockTime,
  /** The teacher's targets for a new view. */
  target: z.number(),
  /** A new view, drawn from a large image. */
  view: z.number(),
  /** A step of a decoder on what a frozen encoder saw, and its answer, seconds a crop. */
  decoder: z.strictObject({ step: z.number(), inference: z.number() }).optional(),
});
export type MachineSpeed = z.infer<typeof machineSpeed>;

export interface Measurement {
  readonly speed: MachineSpeed;
  /** Share of the processors that it needs which other programs left free meanwhile, (0, 1]. */
  readonly free: number;
}

/**
 * Measures students of one and of three blocks and the teacher, some runs each, and takes a line
 * through them: blocks are alike, so their times add up. Times are those of a machine that has nothing
 * else to do.
 */
export async function measureSpeed({
  teacher: file,
  overrides = {},
  rank,
  imageSize,
  preparation,
  outlines = false,
  device = 'cpu',
  precision,
  threads,
}: SpeedRequest): Promise<Measurement> {
  const { model } = await openTeacher(file, overrides, {
    imageSize,
    preparation: preparation && preparationOf(preparation),
  });
  const freeShare = watchOthers();
  const executor = openExecutor(device, threads, await memoryOf(device), precision);
  const measured = await measure(model, rank, outlines, executor);
  const free = freeShare();
  return { speed: alone(measured, shareOf(device, free)), free };
}

/**
 * What it would take with nothing else to do, by the share of the device that there was. Views are drawn by one
 * processor, which is free sooner.
 */
function alone(
  { step, inference, target, view, decoder }: MachineSpeed,
  share: number,
): MachineSpeed {
  const scaled = ({ fixed, block }: BlockTime): BlockTime => ({
    fixed: share * fixed,
    block: share * block,
  });
  return {
    ...{ step: scaled(step), inference: scaled(inference), target: share * target, view },
    ...(decoder && {
      decoder: { step: share * decoder.step, inference: share * decoder.inference },
    }),
  };
}

/** Blocks of the larger student that is measured. */
const mostBlocks = 3;

/** Bytes that a measurement needs at its peak, roughly. @param images in a part of a training step */
export function measuringMemory(
  architecture: VitArchitecture,
  images: number,
  outlines: boolean,
): number {
  const blocks = Math.min(mostBlocks, architecture.depth);
  const batch = outlines ? tilesOfSide(architecture.imageSize) : imagesToInfer(architecture);
  return Math.max(
    trainingMemory(architecture, blocks, images),
    inferenceMemory(architecture, Math.max(batch, images)),
  );
}

async function measure(
  model: VitModel,
  rank: number,
  outlines: boolean,
  executor: Executor,
): Promise<MachineSpeed> {
  const images = imagesAtOnce(executor, model);
  const { architecture } = model;
  const many = Math.min(mostBlocks, architecture.depth);
  const one = copyBlocks(model, [0]);
  const more = copyBlocks(
    model,
    Array.from({ length: many }, (_, block) => block),
  );
  const stepTime = async (student: VitModel): Promise<number> => {
    const layout = adapterLayout(student.architecture, rank);
    return secondsAnImage(executor, trainStep({ copy: student, layout }, images), images);
  };
  // As many as go through a student at a time.
  const batch = outlines
    ? tilesOfSide(architecture.imageSize)
    : imagesToInfer(architecture, executor);
  const inferenceTime = (student: VitModel): Promise<number> =>
    secondsAnImage(executor, featureGraph(student), batch);
  const inference = await inferenceTime(one);
  return {
    step: line(await stepTime(one), await stepTime(more), many),
    inference: line(inference, await inferenceTime(more), many),
    target: await secondsAnImage(executor, targetGraph(model), images),
    view: await timeViews(model.architecture),
    ...(outlines && { decoder: await timeDecoder(executor, one, images, inference) }),
  };
}

/** Classes of the decoder that is measured: they are the least of its work. */
const usualClasses = 4;

/** @param inference of the encoder alone, seconds an image */
async function timeDecoder(
  executor: Executor,
  encoder: VitModel,
  images: number,
  inference: number,
): Promise<NonNullable<MachineSpeed['decoder']>> {
  const decoder = decoderLayout(encoder.architecture, usualClasses);
  const weights = { shape: [decoder.size], data: initialDecoder(decoder, 0) };
  const classWeights = { shape: [usualClasses], data: new Float32Array(usualClasses).fill(1) };
  const step = segmentationStep({ encoder, decoder, classWeights }, images);
  const whole = segmentationGraph(encoder, decoder, weights);
  return {
    step: await secondsAnImage(executor, step, images),
    inference: Math.max(
      0,
      (await secondsAnImage(executor, whole, tilesOfSide(encoder.architecture.imageSize))) -
        inference,
    ),
  };
}

/** Seconds a view. */
function timeViews({ imageSize, channels }: VitArchitecture): Promise<number> {
  const side = workingSides * imageSize;
  const raster = {
    width: side,
    height: side,
    channels,
    data: new Uint8Array(side * side * channels),
  };
  const planes = new Float32Array(imageSize * imageSize * channels);
  const views = 16;
  return quickOne(() => {
    for (let view = 0; view < views; view++) {
      const parameters = viewParameters(0, 0, view, side, side, viewRecipe('overhead'));
      toPlanes(drawView(raster, parameters, imageSize).data, 1, imageSize, channels, planes);
    }
  }, views);
}

function line(one: number, more: number, blocks: number): BlockTime {
  const block = blocks > 1 ? Math.max((more - one) / (blocks - 1), 0) : one;
  // Nothing takes less than no time: then the larger student, timed for longer, decides.
  return one < block ? { fixed: 0, block: more / blocks } : { fixed: one - block, block };
}

export function timeOf({ fixed, block }: BlockTime, blocks: number): number {
  return fixed + block * blocks;
}

/** Least runs of a measurement, and how long it goes on with them, ms. */
export interface Patience {
  readonly runs: number;
  readonly ms: number;
}
const usualPatience: Patience = { runs: 4, ms: 300 };

/**
 * Seconds a part: of some runs, one that is among the quickest, as other work on the machine will not last
 * for ever; the very quickest is more than a long run keeps up.
 */
async function quickOne(
  run: () => void | Promise<void>,
  parts: number,
  patience: Patience = usualPatience,
): Promise<number> {
  const start = performance.now();
  const times: number[] = [];
  while (times.length < patience.runs || performance.now() - start < patience.ms) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return (times[times.length >> 2] ?? NaN) / 1000 / parts;
}

/**
 * Seconds that a graph takes for each of so many images, until it has computed: a GPU returns from a run before it has,
 * and only a value that is read waits for it.
 */
export async function secondsAnImage(
  executor: Executor,
  graph: Graph,
  images: number,
  patience?: Patience,
): Promise<number> {
  const sized = ({ shape }: TensorType): Shape =>
    graph.batch === undefined ? shape : shape.with(0, images);
  const [name, shape] = largestOutput(graph, sized);
  const [loaded, waiting] = await loadAll(executor, [graph, firstValue(shape)]);
  if (!loaded || !waiting) throw new Error('two graphs were loaded');
  const feeds: Record<string, Tensor> = {};
  for (const { attributes } of graphInputs(graph)) {
    const fed = sized(attributes.type);
    feeds[attributes.name] = { shape: fed, data: new Float32Array(elementCount(fed)).fill(0.01) };
  }
  return quickOne(
    async () => {
      const results = await loaded.run(feeds);
      const x = results.get(name);
      if (!x) throw new Error(`no result ${name}`);
      await readResult(await waiting.run({ x }), 'y');
      for (const result of results.values()) result.dispose();
    },
    images,
    patience,
  ).finally(() => Promise.all([loaded, waiting].map((each) => each.dispose())));
}

function largestOutput(
  { outputs }: Graph,
  sized: (type: TensorType) => Shape,
): readonly [string, Shape] {
  const all = [...outputs].map(([name, { type }]) => [name, sized(type)] as const);
  const [largest] = all.sort(([, a], [, b]) => elementCount(b) - elementCount(a));
  if (!largest) throw new Error('a graph without results');
  return largest;
}

/** The first value of `x` as `y`, which takes next to no time to compute or to bring. */
function firstValue(shape: Shape): Graph {
  const x: Value = input('x', shape);
  const y = shape.reduce((value, _, axis) => slice(value, axis, 0, 1), x);
  return { name: 'first value', outputs: new Map([['y', y]]) };
}
