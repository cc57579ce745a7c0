import { learningOnSteps } from '../../contract/jobs.ts';
import type { MaskCandidateReport, WrittenTolerance } from '../../contract/results.ts';
import type { DecoderLayout } from '../../core/heads/segmentation-decoder.ts';
import { decoderLayout, segmentationGraph } from '../../core/heads/segmentation-decoder.ts';
import { mergeAdapters } from '../../core/lora/adapters.ts';
import { imageDice } from '../../core/metrics/segmentation.ts';
import type { SegmentedImage } from '../../core/metrics/segmentation.ts';
import type { Tensor } from '../../core/tensor.ts';
import { parameterCount } from '../../core/vit/architecture.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import type { Executor } from '../../runtime/executor.ts';
import { timeInTurns } from '../comparison.ts';
import { PhaseProgress } from '../job.ts';
import type { JobContext } from '../job.ts';
import { CropPool } from './crop-pool.ts';
import type { SegmentationDataset } from './dataset.ts';
import { digestOf } from './kept-decoders.ts';
import type { KeptDecoders } from './kept-decoders.ts';
import { learnOn } from './learn-on.ts';
import { maskQuality, measureScenes } from './measure-masks.ts';
import type { TakeMask } from './measure-masks.ts';
import type { OpenImages } from './open-images.ts';
import type { Scene } from './scene.ts';
import { tileModel, tilesOfSide } from './tile-model.ts';
import { trainDecoder } from './train-decoder.ts';
import type { Contender } from './train-decoder.ts';

/** Different crops that decoders learn from; more were no better (docs/adr/0021). */
export const differentCrops = 1024;
/** Crops of a step. */
export const cropsOfStep = 16;
const peakLearningRate = 2e-3;

export interface OutlineComparison {
  readonly dataset: SegmentationDataset;
  readonly images: OpenImages;
  readonly labelled: readonly Scene[];
  readonly tested: readonly Scene[];
  readonly steps: number;
  readonly overlap: number;
  readonly tolerance: WrittenTolerance;
  readonly orientation: 'upright' | 'overhead';
  readonly seed: number;
  /** For what a frozen encoder sees. */
  readonly cacheBytes: number;
  /** Folder for masks while they are made. */
  readonly scratch: string;
  /** Decoders of an interrupted run, and where those of this one go once they have learnt. */
  readonly kept: KeptDecoders;
}

export interface MaskCandidate {
  /** As it is once its adapters are merged. */
  readonly model: VitModel;
  readonly layout: DecoderLayout;
  readonly decoder: Tensor;
  /** Where the encoder learnt on. */
  readonly adapters: Tensor | undefined;
  readonly report: MaskCandidateReport;
  /** Mean Dice of each tested image. */
  readonly perImage: readonly (number | null)[];
}

/**
 * Gives each encoder a decoder that learns from the same crops, measures it on the same held-out images, and times
 * them side by side.
 *
 * @param take gets each predicted mask while it is there
 * @throws UserError 'cancelled'
 */
export async function compareDecoders(
  contenders: readonly Contender[],
  comparison: OutlineComparison,
  executor: Executor,
  context: JobContext,
  take: (name: Contender['name']) => TakeMask | undefined,
): Promise<MaskCandidate[]> {
  const { dataset, images, labelled, steps, orientation, seed, cacheBytes, kept } = comparison;
  const outputs = dataset.classes.length + 1;
  const [first] = contenders;
  if (!first) return [];
  const side = first.encoder.architecture.imageSize;
  const pool = new CropPool({
    ...{ images, scenes: labelled, outputs, side, orientation, seed },
    count: Math.min(differentCrops, steps * cropsOfStep),
  });
  const classWeights = weightsOf(labelled, outputs);
  const stepsOf = ({ adapting }: Pick<Contender, 'adapting'>): number =>
    steps + (adapting ? learningOnSteps(steps) : 0);
  const total = contenders.reduce((sum, contender) => sum + stepsOf(contender), 0);
  const progress = new PhaseProgress(context, 'decoder', total);
  const crops = await pool.digest(context);
  const candidates: Omit<MaskCandidate, 'report' | 'perImage'>[] = [];
  for (const [index, { name, encoder, adapting }] of contenders.entries()) {
    const layout = decoderLayout(encoder.architecture, outputs);
    const training = {
      ...{ encoder, decoder: layout, classWeights },
      ...{ steps, batch: cropsOfStep, peakLearningRate, seed },
    };
    const digest = digestOf(training, adapting, crops);
    const known = kept.get(name, digest);
    const advance = (done: number, loss: number): void => {
      progress.advance(index * steps + done, { loss });
    };
    const rest = [pool, executor, context, advance] as const;
    const learnt =
      known ??
      (adapting
        ? await learnOn({ ...training, cacheBytes }, adapting, ...rest)
        : await trainDecoder({ ...training, cacheBytes }, ...rest));
    if (known) advance(stepsOf({ adapting }), known.lastLoss);
    else await kept.add(name, digest, learnt);
    const model =
      adapting && learnt.adapters
        ? mergeAdapters(encoder, adapting.layout, learnt.adapters.data)
        : encoder;
    candidates.push({ model, layout, decoder: learnt.decoder, adapters: learnt.adapters });
  }
  return measureCandidates(contenders, candidates, comparison, executor, context, take);
}

async function measureCandidates(
  contenders: readonly Contender[],
  candidates: readonly Omit<MaskCandidate, 'report' | 'perImage'>[],
  comparison: OutlineComparison,
  executor: Executor,
  context: JobContext,
  take: (name: Contender['name']) => TakeMask | undefined,
): Promise<MaskCandidate[]> {
  const { dataset, images, tested, overlap, tolerance, scratch, seed } = comparison;
  const { classes } = dataset;
  const graphs = await Promise.all(
    candidates.map(({ model, layout, decoder }) =>
      executor.load(segmentationGraph(model, layout, decoder)),
    ),
  );
  try {
    const progress = new PhaseProgress(context, 'predict', candidates.length * tested.length);
    const measured: SegmentedImage[][] = [];
    for (const [index, graph] of graphs.entries()) {
      const candidate = candidates[index];
      const contender = contenders[index];
      if (!candidate || !contender) throw new Error(`no candidate ${index}`);
      const model = tileModel(graph, candidate.model.architecture, classes.length + 1);
      const options = { classes, overlap, tolerance, scratch, signal: context.signal };
      let done = index * tested.length;
      const own = take(contender.name);
      const taken: TakeMask = async (mask, scene) => {
        await own?.(mask, scene);
        progress.advance(++done);
      };
      measured.push(await measureScenes(model, tested, images, options, taken));
    }
    const timed = candidates.flatMap(({ model }, index) => {
      const encoder = graphs[index];
      return encoder ? [{ encoder, shape: model.architecture }] : [];
    });
    const form = candidates[0]?.model.architecture ?? { channels: 0, imageSize: 0 };
    const times = await timeInTurns(timed, form, tilesOfSide(form.imageSize), context);
    return candidates.map((candidate, index) => {
      const { model, layout } = candidate;
      const parameters = parameterCount(model.architecture) + layout.size;
      const ofImages = measured[index] ?? [];
      return {
        ...candidate,
        perImage: ofImages.map(imageDice),
        report: {
          ...maskQuality(ofImages, classes, seed),
          blocks: model.architecture.depth,
          parameters,
          bytes: 4 * parameters,
          msPerImage: times[index] ?? NaN,
        },
      };
    });
  } finally {
    await Promise.all(graphs.map((graph) => graph.dispose()));
  }
}

/**
 * What classes count for in the cross-entropy: by the square root of how rare they are, within a factor of four of
 * their mean, so that rare ones are learnt and common ones not forgotten. One that no image has counts for nothing.
 */
function weightsOf(scenes: readonly Scene[], outputs: number): Tensor {
  const pixels = new Float64Array(outputs);
  for (const { counts } of scenes) {
    counts.forEach((count, value) => {
      pixels[value] = (pixels[value] ?? 0) + count;
    });
  }
  const there = pixels.filter((count) => count > 0);
  const mean = there.reduce((sum, count) => sum + count, 0) / Math.max(1, there.length);
  const data = Float32Array.from(pixels, (count) =>
    count === 0 ? 0 : Math.min(4, Math.max(0.25, Math.sqrt(mean / count))),
  );
  return { shape: [outputs], data };
}
