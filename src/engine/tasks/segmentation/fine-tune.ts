import { learningOnSteps } from '../../../contract/jobs.ts';
import { mergeAdapters } from '../../../core/vit/adapters.ts';
import type { AdapterLayout } from '../../../core/vit/adapters.ts';
import { tensor } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Executor } from '../../../runtime/executor.ts';
import type { JobContext } from '../../job.ts';
import type { CropPool } from './crop-pool.ts';
import { trainDecoder } from './train-decoder.ts';
import type { DecoderTraining, TrainedDecoder } from './train-decoder.ts';

/** Learning rate of the decoder during fine-tuning, relative to its initial one. */
const decoderRate = 0.5;
/** Learning rate of the adapters, relative to the decoder's. */
const adapterRate = 0.5;
/** Weight of the fine-tuned parameters in the average with those before. */
const share = 0.5;

/** Training whose encoder is the model under the adapters. */
export interface FineTuning extends Omit<DecoderTraining, 'adapting' | 'adapters' | 'initial'> {
  readonly adapting: { readonly layout: AdapterLayout; readonly adapters: Float32Array };
}

/**
 * Trains a decoder and fine-tunes the encoder's adapters on the masks without losing the knowledge of the student beyond
 * them: first the decoder alone, whose early gradients would spoil the adapters (Kumar et al., arXiv 2202.10054), then
 * both for half as many steps; the result is the average of before and after (Wortsman et al., arXiv 2109.01903).
 *
 * @param advance called for every step of the training and `learningOnSteps` more
 * @throws UserError as `trainDecoder`
 */
export async function fineTune(
  { adapting: { layout, adapters }, ...training }: FineTuning,
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
      adapters,
      initial: before.decoder.data,
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
