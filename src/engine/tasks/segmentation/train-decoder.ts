import {
  segmentationParameters,
  segmentationStep,
} from '../../../core/distill/segmentation-step.ts';
import type { SegmentationPlan } from '../../../core/distill/segmentation-step.ts';
import { decoderMemory } from '../../../core/distill/memory.ts';
import { partSizes } from '../../../core/distill/train-step.ts';
import { initialDecoder, patchGraph } from '../../../core/heads/segmentation-decoder.ts';
import type { AdapterLayout } from '../../../core/vit/adapters.ts';
import { zeros } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import { loadAll } from '../../../runtime/executor.ts';
import type { Executor, LoadedGraph } from '../../../runtime/executor.ts';
import { breathe, throwIfCancelled } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import { Optimisation } from '../../distill/optimisation.ts';
import type { Feed, OptimiserState } from '../../distill/optimisation.ts';
import { LossGuard } from '../../distill/recipe/loss-guard.ts';
import { imagesAtOnce } from '../../distill/training.ts';
import { oneHot, weightOfCrops } from './crop-pool.ts';
import type { CropPool } from './crop-pool.ts';
import { cropsToTensor, PatchCache } from './patch-cache.ts';
import { recipeText } from '../../../text/index.ts';

/** An encoder that a decoder is trained for. */
export interface Contender {
  readonly name: 'teacher' | 'copy' | 'student';
  readonly encoder: VitModel;
  /** Adapters to fine-tune, with their layout, if the encoder is fine-tuned. */
  readonly adapting?:
    | { readonly layout: AdapterLayout; readonly adapters: Float32Array }
    | undefined;
}

export interface DecoderTraining extends SegmentationPlan {
  readonly steps: number;
  /** Crops per step. */
  readonly batch: number;
  readonly peakLearningRate: number;
  readonly seed: number;
  /** Initial decoder, flat; random by default. */
  readonly initial?: Float32Array | undefined;
  /** Initial adapters, if the encoder is fine-tuned. */
  readonly adapters?: Float32Array | undefined;
  /** Budget for the outputs of a frozen encoder, bytes. */
  readonly cacheBytes: number;
}

export interface TrainedDecoder {
  /** Decoder, flat in the order of its layout. */
  readonly decoder: Tensor;
  /** Fine-tuned adapters, if the encoder was fine-tuned. */
  readonly adapters: Tensor | undefined;
  readonly lastLoss: number;
}

/**
 * Trains a decoder on labelled crops, with the encoder frozen or its adapters fine-tuned. The same plan gives the same
 * bits on one executor.
 *
 * @param advance called for every step
 * @throws UserError 'cancelled', or if the loss is not finite
 */
export async function trainDecoder(
  plan: DecoderTraining,
  pool: CropPool,
  executor: Executor,
  context: JobContext,
  advance: (done: number, loss: number) => void,
): Promise<TrainedDecoder> {
  const { encoder, steps, batch, peakLearningRate } = plan;
  const { parts, graphs, frozen } = await loadGraphs(plan, executor);
  const start = startOf(plan);
  const schedule = { steps, batch, peakLearningRate, parts, graphs };
  const optimisation = await Optimisation.open(schedule, start, executor);
  try {
    const cache = frozen && new PatchCache(pool, frozen, encoder.architecture, plan.cacheBytes);
    const { shape, data } = start.parameters;
    const guard = new LossGuard(steps, { shape, data: data.slice() });
    let lastLoss = 0;
    for (let step = 0; step < steps; step++) {
      throwIfCancelled(context);
      const feed = await feedOf(plan, pool, cache, step);
      try {
        lastLoss = await optimisation.step(step, feed);
        await guard.note(step + 1, lastLoss, optimisation);
      } catch (error) {
        guard.rescue(error, step + 1, optimisation);
      }
      advance(step + 1, lastLoss);
      await breathe();
    }
    if (guard.falls > 0) noteFalls(guard.falls, context);
    const { parameters } = await optimisation.state();
    return { ...splitParameters(plan, parameters), lastLoss };
  } finally {
    await optimisation.dispose();
    await Promise.all([...graphs.values()].map((graph) => graph.dispose()));
    await frozen?.dispose();
  }
}

interface LoadedGraphs {
  /** Crops of each part of a step. */
  readonly parts: readonly number[];
  /** Graph of a step for each size of a part. */
  readonly graphs: ReadonlyMap<number, LoadedGraph>;
  /** Graph of the frozen encoder; undefined if it is fine-tuned. */
  readonly frozen: LoadedGraph | undefined;
}

async function loadGraphs(plan: DecoderTraining, executor: Executor): Promise<LoadedGraphs> {
  const { encoder, adapting, batch } = plan;
  const most = Math.min(imagesAtOnce(executor, encoder), cropsAtOnce(plan, executor));
  const parts = partSizes(batch, most);
  const sizes = [...new Set(parts)];
  const loaded = await loadAll(executor, [
    ...sizes.map((size) => segmentationStep(plan, size)),
    ...(adapting ? [] : [patchGraph(encoder)]),
  ]);
  const graphs = new Map(
    sizes.flatMap((size, index) => (loaded[index] ? [[size, loaded[index]]] : [])),
  );
  return { parts, graphs, frozen: loaded[sizes.length] };
}

function startOf(plan: DecoderTraining): OptimiserState {
  const size = segmentationParameters(plan);
  const parameters = zeros([size]);
  parameters.data.set(plan.initial ?? initialDecoder(plan.decoder, plan.seed));
  if (plan.adapters) parameters.data.set(plan.adapters, plan.decoder.size);
  const moments = { mean: zeros([size]), square: zeros([size]) };
  return { step: 0, parameters, ...moments, firstLoss: 0, lastLoss: 0 };
}

/** Splits parameters into those of the decoder and, if fine-tuned, of the adapters. */
function splitParameters(
  { decoder, adapting }: DecoderTraining,
  { data }: Tensor,
): Pick<TrainedDecoder, 'decoder' | 'adapters'> {
  const take = (start: number, length: number): Tensor => ({
    shape: [length],
    data: data.slice(start, start + length),
  });
  return {
    decoder: take(0, decoder.size),
    adapters: adapting && take(decoder.size, adapting.layout.size),
  };
}

/** Share of the memory that a step's crops may take, and an upper limit in bytes. */
const [stepShare, mostStepBytes] = [0.2, 2 ** 30];

/** Crops whose step fits the memory, at least 1: the decoder keeps its channels at full size. */
function cropsAtOnce(
  { encoder, decoder }: DecoderTraining,
  { memoryBytes = Infinity }: Pick<Executor, 'memoryBytes'>,
): number {
  const room = Math.min(stepShare * memoryBytes, mostStepBytes);
  return Math.max(1, Math.floor(room / decoderMemory(encoder.architecture, decoder.outputs)));
}

function noteFalls(falls: number, context: JobContext): void {
  const message = recipeText.decoderRolledBack(falls);
  context.report({ type: 'notice', topic: 'recipe', message });
}

async function feedOf(
  { encoder, decoder, classWeights, batch }: DecoderTraining,
  pool: CropPool,
  cache: PatchCache | undefined,
  step: number,
): Promise<Feed> {
  const numbers = pool.ofStep(step, batch);
  const crops = await Promise.all(numbers.map((number) => pool.get(number)));
  const weight = weightOfCrops(crops, classWeights.data);
  return async (first, count) => {
    const part = crops.slice(first, first + count);
    const images = cropsToTensor(
      part.map(({ pixels }) => pixels),
      encoder.architecture,
    );
    const patches = await cache?.patches(numbers.slice(first, first + count));
    // A batch without known pixels contributes nothing.
    const scale = weight === 0 ? 0 : batch / (count * weight);
    return {
      images,
      truth: oneHot(part, decoder.outputs),
      scale: { shape: [], data: Float32Array.of(scale) },
      ...(patches && { patches }),
    };
  };
}
