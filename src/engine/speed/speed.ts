import { z } from 'zod';
import type {
  DeviceName,
  Precision,
  TeacherOverrides,
  WrittenPreparation,
} from '../../contract/jobs.ts';
import { inferenceMemory, trainingMemory } from '../../core/distill/memory.ts';
import { segmentationStep } from '../../core/distill/segmentation-step.ts';
import { targetGraph, trainStep } from '../../core/distill/train-step.ts';
import {
  drawView,
  toPlanes,
  viewParameters,
  viewRecipe,
  workingSides,
} from '../../core/distill/views.ts';
import { graphInputs } from '../../core/graph/ops.ts';
import { input, slice } from '../../core/graph/build.ts';
import type { Graph, Shape, TensorType, Value } from '../../core/graph/ops.ts';
import {
  decoderLayout,
  initialDecoder,
  segmentationGraph,
} from '../../core/heads/segmentation-decoder.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { adapterLayout } from '../../core/vit/adapters.ts';
import { elementCount } from '../../core/tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { featureGraph } from '../../core/vit/classifier.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { loadAll, readResult } from '../../runtime/executor.ts';
import type { Executor } from '../../runtime/executor.ts';
import { memoryOf } from '../devices/device-memory.ts';
import { openExecutor } from '../devices/open-executor.ts';
import { imagesToInfer } from '../models/inference.ts';
import { shareOf, watchOthers } from '../devices/cpu-contention.ts';
import { tilesOfSide } from '../tasks/segmentation/predict/tile-model.ts';
import { openTeacher } from '../teachers/teacher.ts';
import { imagesAtOnce } from '../distill/training.ts';

/** Settings of a speed measurement. */
export interface SpeedRequest {
  readonly teacher: string;
  /** The user's corrections of the teacher's properties. */
  readonly overrides?: TeacherOverrides;
  readonly rank: number;
  /** Side of the input, px; the teacher's own by default. */
  readonly imageSize?: number | undefined;
  /**
   * Bands and range of the images, of which the number of channels matters; red, green and blue by default.
   */
  readonly preparation?: WrittenPreparation;
  /** True to measure a decoder too, for segmentation. */
  readonly outlines?: boolean;
  /** Device; the processor by default. */
  readonly device?: DeviceName;
  /** Precision of matrix products on a GPU; float32 by default. */
  readonly precision?: Precision;
  readonly threads?: number | undefined;
}

/** A time linear in the number of blocks: fixed + block·n, seconds per image. */
const blockTime = z.strictObject({ fixed: z.number(), block: z.number() });
export type BlockTime = z.infer<typeof blockTime>;

/** Speed of this computer with a teacher's blocks. */
export const machineSpeed = z.strictObject({
  /** Training step of a student, forward and backward. */
  step: blockTime,
  /** Inference of features in batches, as a student is used. */
  inference: blockTime,
  /** Teacher targets for a new view, seconds. */
  target: z.number(),
  /** Drawing a new view from a large image, seconds. */
  view: z.number(),
  /** Step of a decoder on a frozen encoder's output, and its inference, seconds per crop. */
  decoder: z.strictObject({ step: z.number(), inference: z.number() }).optional(),
});
export type MachineSpeed = z.infer<typeof machineSpeed>;

export interface Measurement {
  readonly speed: MachineSpeed;
  /** Share of the needed processors that other programs left free during the measurement, (0, 1]. */
  readonly free: number;
}

/**
 * Measures the teacher and students of one and of three blocks, several runs each, and fits a line: blocks are alike,
 * so their times add up. Times are converted to those of an idle computer.
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
  return { speed: onIdleMachine(measured, shareOf(device, free)), free };
}

/**
 * Times on an idle computer, by the share of the device that was free. The time of views stays: one processor renders
 * them, and a single one is free more often.
 */
function onIdleMachine(
  { step, inference, target, view, decoder }: MachineSpeed,
  share: number,
): MachineSpeed {
  const scaled = ({ fixed, block }: BlockTime): BlockTime => ({
    fixed: share * fixed,
    block: share * block,
  });
  return {
    step: scaled(step),
    inference: scaled(inference),
    target: share * target,
    view,
    decoder: decoder && {
      step: share * decoder.step,
      inference: share * decoder.inference,
    },
  };
}

/** Blocks of the larger measured student. */
const mostBlocks = 3;

/**
 * Returns the approximate peak memory of a measurement, bytes.
 *
 * @param images images per part of a training step
 */
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
  // The batch size that inference uses.
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
    decoder: outlines ? await timeDecoder(executor, one, images, inference) : undefined,
  };
}

/** Number of classes of the measured decoder; they contribute little to its time. */
const decoderClasses = 4;

/** @param inference seconds per image of the encoder without the decoder */
async function timeDecoder(
  executor: Executor,
  encoder: VitModel,
  images: number,
  inference: number,
): Promise<NonNullable<MachineSpeed['decoder']>> {
  const decoder = decoderLayout(encoder.architecture, decoderClasses);
  const weights = { shape: [decoder.size], data: initialDecoder(decoder, 0) };
  const classWeights = { shape: [decoderClasses], data: new Float32Array(decoderClasses).fill(1) };
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

/** Seconds per view. */
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
  return lowerQuartileTime(() => {
    for (let view = 0; view < views; view++) {
      const parameters = viewParameters(
        0,
        0,
        view,
        { width: side, height: side },
        viewRecipe('overhead'),
      );
      toPlanes(drawView(raster, parameters, imageSize).data, 1, imageSize, channels, planes);
    }
  }, views);
}

function line(one: number, more: number, blocks: number): BlockTime {
  const block = blocks > 1 ? Math.max((more - one) / (blocks - 1), 0) : one;
  // A time cannot be negative: then the larger student, which was timed for longer, decides.
  return one < block ? { fixed: 0, block: more / blocks } : { fixed: one - block, block };
}

export function encoderTime({ fixed, block }: BlockTime, blocks: number): number {
  return fixed + block * blocks;
}

/** Minimum number of runs, and minimum duration, ms. */
export interface TimingLimits {
  readonly runs: number;
  readonly ms: number;
}
const defaultTimingLimits: TimingLimits = { runs: 4, ms: 300 };

/**
 * Seconds per part, as the lower quartile of several runs: other work on the computer is temporary, but a long run
 * does not keep up the very fastest time.
 */
async function lowerQuartileTime(
  run: () => void | Promise<void>,
  parts: number,
  limits: TimingLimits = defaultTimingLimits,
): Promise<number> {
  const start = performance.now();
  const times: number[] = [];
  while (times.length < limits.runs || performance.now() - start < limits.ms) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return (times[times.length >> 2] ?? NaN) / 1000 / parts;
}

/**
 * Seconds per image of a graph, including the wait for its result: a run on a GPU returns before it has computed, and
 * only reading a value waits for it.
 */
export async function secondsAnImage(
  executor: Executor,
  graph: Graph,
  images: number,
  limits?: TimingLimits,
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
  const once = async (): Promise<void> => {
    const results = await loaded.run(feeds);
    const x = results.get(name);
    if (!x) throw new Error(`no result ${name}`);
    await readResult(await waiting.run({ x }), 'y');
    for (const result of results.values()) result.dispose();
  };
  try {
    return await lowerQuartileTime(once, images, limits);
  } finally {
    await Promise.all([loaded, waiting].map((each) => each.dispose()));
  }
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

/**
 * Returns a graph that outputs the first value of `x` as `y`, which takes almost no time to compute or to transfer.
 */
function firstValue(shape: Shape): Graph {
  const x: Value = input('x', shape);
  const y = shape.reduce((value, _, axis) => slice(value, axis, 0, 1), x);
  return { name: 'first value', outputs: new Map([['y', y]]) };
}
