import { learningOnSteps } from '../../contract/jobs.ts';
import { mergeAdapters } from '../../core/lora/adapters.ts';
import type { AdapterLayout } from '../../core/lora/adapters.ts';
import { tensor } from '../../core/tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Executor } from '../../runtime/executor.ts';
import type { JobContext } from '../job.ts';
import type { CropPool } from './crop-pool.ts';
import { trainDecoder } from './train-decoder.ts';
import type { DecoderTraining, TrainedDecoder } from './train-decoder.ts';

/** What the decoder's learning rate is to the one it began with, once the adapters learn too. */
const decoderRate = 0.5;
/** What the adapters' learning rate is to the decoder's. */
const adapterRate = 0.5;
/** How far the result is on the way from before the adapters learnt to after. */
const share = 0.5;

/**
 * Trains a decoder and lets the encoder's adapters learn on from the masks, so that what the student knows beyond
 * them is not lost: first the decoder alone, since what it asks for at first would spoil the adapters (Kumar et al.,
 * arXiv 2202.10054), then both for half as many steps; the result lies halfway between before and after (Wortsman et
 * al., arXiv 2109.01903).
 *
 * @param training its encoder is what the adapters sit on
 * @param advance told of every step of `training.steps` and `learningOnSteps` more
 * @throws UserError as `trainDecoder`
 */
export async function learnOn(
  training: Omit<DecoderTraining, 'adapting' | 'adapters' | 'initial'>,
  { layout, adapters }: { readonly layout: AdapterLayout; readonly adapters: Float32Array },
  pool: CropPool,
  executor: Executor,
  context: JobContext,
  advance: (done: number, loss: number) => void,
): Promise<TrainedDecoder> {
  const { encoder, steps, peakLearningRate } = training;
  const frozen = { ...training, encoder: mergeAdapters(encoder, layout, adapters) };
  const before = await trainDecoder(frozen, pool, executor, context, advance);
  const after = await trainDecoder(
    {
      ...training,
      steps: learningOnSteps(steps),
      peakLearningRate: decoderRate * peakLearningRate,
      adapting: { layout, rate: adapterRate },
      ...{ adapters, initial: before.decoder.data },
    },
    pool,
    executor,
    context,
    (done, loss) => {
      advance(steps + done, loss);
    },
  );
  return {
    decoder: between(before.decoder, after.decoder),
    adapters: after.adapters && between(tensor(after.adapters.shape, adapters), after.adapters),
    lastLoss: after.lastLoss,
  };
}

function between(before: Tensor, after: Tensor): Tensor {
  const data = before.data.map((value, at) => value + share * ((after.data[at] ?? value) - value));
  return { shape: before.shape, data };
}
