import { learningOnSteps } from '../../../contract/jobs.ts';
import type { MaskCandidateReport, WrittenTolerance } from '../../../contract/results.ts';
import type { DecoderLayout } from '../../../core/heads/segmentation-decoder.ts';
import { decoderLayout, segmentationGraph } from '../../../core/heads/segmentation-decoder.ts';
import { mergeAdapters } from '../../../core/vit/adapters.ts';
import { imageDice } from '../../../core/metrics/segmentation.ts';
import type { SegmentedImage } from '../../../core/metrics/segmentation.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { parameterCount } from '../../../core/vit/architecture.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import { loadAll } from '../../../runtime/executor.ts';
import type { Executor } from '../../../runtime/executor.ts';
import { timeInTurns } from '../classification/comparison.ts';
import { PhaseProgress } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import { CropPool } from './crop-pool.ts';
import type { SegmentationDataset } from './data/dataset.ts';
import { digestOf } from './kept-decoders.ts';
import type { KeptDecoders } from './kept-decoders.ts';
import { fineTune } from './fine-tune.ts';
import { maskQuality, measureImages } from './measure-masks.ts';
import type { TakeMask } from './measure-masks.ts';
import type { OpenImages } from '../../images/open-images.ts';
import type { MaskedImage } from './data/masked-image.ts';
import { tileModel, tilesOfSide } from './predict/tile-model.ts';
import { trainDecoder } from './train-decoder.ts';
import type { Contender } from './train-decoder.ts';

/** Number of different crops for training decoders; more were no better (docs/adr/0021). */
export const differentCrops = 1024;
/** Crops per step. */
export const cropsOfStep = 16;
const peakLearningRate = 2e-3;

export interface DecoderComparison {
  readonly dataset: SegmentationDataset;
  readonly images: OpenImages;
  readonly labelled: readonly MaskedImage[];
  readonly tested: readonly MaskedImage[];
  readonly steps: number;
  readonly overlap: number;
  readonly tolerance: WrittenTolerance;
  readonly orientation: 'upright' | 'overhead';
  readonly seed: number;
  /** Budget for the outputs of a frozen encoder, bytes. */
  readonly cacheBytes: number;
  /** Folder for masks in progress. */
  readonly scratch: string;
  /** Decoders of an interrupted run, and the store for those trained in this one. */
  readonly kept: KeptDecoders;
}

export interface MaskCandidate {
  /** Encoder with its adapters merged. */
  readonly model: VitModel;
  readonly layout: DecoderLayout;
  readonly decoder: Tensor;
  /** Fine-tuned adapters, if the encoder was fine-tuned. */
  readonly adapters: Tensor | undefined;
  readonly report: MaskCandidateReport;
  /** Mean Dice of each tested image. */
  readonly perImage: readonly (number | null)[];
}

/**
 * Trains a decoder for each encoder on the same crops, measures it on the same held-out images, and times the models in
 * turns.
 *
 * @param take returns a callback for each predicted mask, called while the mask exists
 * @throws UserError 'cancelled'
 */
export async function compareDecoders(
  contenders: readonly Contender[],
  comparison: DecoderComparison,
  executor: Executor,
  context: JobContext,
  take: (name: Contender['name']) => TakeMask | undefined,
): Promise<MaskCandidate[]> {
  const { dataset, images, labelled, steps, orientation, seed } = comparison;
  const outputs = dataset.classes.length + 1;
  const [first] = contenders;
  if (!first) return [];
  const pool = new CropPool({
    images,
    maskedImages: labelled,
    outputs,
    side: first.encoder.architecture.imageSize,
    orientation,
    seed,
    count: Math.min(differentCrops, steps * cropsOfStep),
  });
  const classWeights = weightsOf(labelled, outputs);
  const total = contenders.reduce((sum, contender) => sum + stepsOf(steps, contender.adapting), 0);
  const progress = new PhaseProgress(context, 'decoder', total);
  const data = { pool, crops: await pool.digest(context), classWeights, outputs };
  const candidates: TrainedCandidate[] = [];
  for (const [index, contender] of contenders.entries()) {
    const advance = (done: number, loss: number): void => {
      progress.advance(index * steps + done, { loss });
    };
    const work = { executor, context, advance };
    candidates.push(await trainCandidate(contender, comparison, data, work));
  }
  return measureCandidates(contenders, candidates, comparison, { executor, context, take });
}

type TrainedCandidate = Omit<MaskCandidate, 'report' | 'perImage'>;

/** Number of steps, with those of the fine-tuning. */
function stepsOf(steps: number, adapting: Contender['adapting']): number {
  return steps + (adapting ? learningOnSteps(steps) : 0);
}

/** Crops that every contender is trained on. */
interface TrainingData {
  readonly pool: CropPool;
  /** Digest of the crops. */
  readonly crops: string;
  readonly classWeights: Tensor;
  /** Number of classes with the background. */
  readonly outputs: number;
}

interface TrainingWork {
  readonly executor: Executor;
  readonly context: JobContext;
  readonly advance: (done: number, loss: number) => void;
}

/** Trains the decoder of a contender, or takes it from those that an interrupted run kept. */
async function trainCandidate(
  { name, encoder, adapting }: Contender,
  { steps, seed, cacheBytes, kept }: DecoderComparison,
  { pool, crops, classWeights, outputs }: TrainingData,
  { executor, context, advance }: TrainingWork,
): Promise<TrainedCandidate> {
  const layout = decoderLayout(encoder.architecture, outputs);
  const training = {
    encoder,
    decoder: layout,
    classWeights,
    steps,
    batch: cropsOfStep,
    peakLearningRate,
    seed,
  };
  const digest = digestOf(training, adapting, crops);
  const known = kept.get(name, digest);
  const rest = [pool, executor, context, advance] as const;
  const learnt =
    known ??
    (adapting
      ? await fineTune({ ...training, cacheBytes, adapting }, ...rest)
      : await trainDecoder({ ...training, cacheBytes }, ...rest));
  if (known) advance(stepsOf(steps, adapting), known.lastLoss);
  else await kept.add(name, digest, learnt);
  const model =
    adapting && learnt.adapters
      ? mergeAdapters(encoder, adapting.layout, learnt.adapters.data)
      : encoder;
  return { model, layout, decoder: learnt.decoder, adapters: learnt.adapters };
}

interface Measuring {
  readonly executor: Executor;
  readonly context: JobContext;
  /** Returns a callback for each predicted mask. */
  readonly take: (name: Contender['name']) => TakeMask | undefined;
}

async function measureCandidates(
  contenders: readonly Contender[],
  candidates: readonly TrainedCandidate[],
  comparison: DecoderComparison,
  { executor, context, take }: Measuring,
): Promise<MaskCandidate[]> {
  const { dataset, images, tested, overlap, tolerance, scratch, seed } = comparison;
  const { classes } = dataset;
  const graphs = await loadAll(
    executor,
    candidates.map(({ model, layout, decoder }) => segmentationGraph(model, layout, decoder)),
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
      const taken: TakeMask = async (mask, masked) => {
        await own?.(mask, masked);
        progress.advance(++done);
      };
      measured.push(await measureImages(model, tested, images, options, taken));
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
 * Class weights of the cross-entropy: the square root of a class's rarity, within a factor of four of the mean, so that
 * rare classes are learnt and common ones not forgotten. Classes that no image has get weight 0.
 */
function weightsOf(maskedImages: readonly MaskedImage[], outputs: number): Tensor {
  const pixels = new Float64Array(outputs);
  for (const { counts } of maskedImages) {
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
