import { biasCorrections } from '../../core/distill/optimizer.ts';
import { learningRate } from '../../core/distill/schedule.ts';
import { UserError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { zeros } from '../../core/tensor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../../runtime/executor.ts';
import { upload } from '../devices/device-pieces.ts';
import type { Uploaded } from '../devices/device-pieces.ts';
import { trainingText } from '../../text/index.ts';

/** State of an optimiser. */
export interface OptimiserState {
  /** Completed steps. */
  readonly step: number;
  /** Parameters and AdamW's moments, each one flat vector. */
  readonly parameters: Tensor;
  readonly mean: Tensor;
  readonly square: Tensor;
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** Factor on the schedule's rates since the training was rolled back; 1 by default. */
  readonly rateScale?: number;
  /** Step at which the moments were last reset to zero; 0 by default. */
  readonly momentsFrom?: number;
}

export interface OptimisationPlan {
  readonly steps: number;
  /** Samples per step. */
  readonly batch: number;
  readonly peakLearningRate: number;
  /** Samples in each part of a batch; see `partSizes`. */
  readonly parts: readonly number[];
  /** Graphs made by `updateGraph`, by size of the part. */
  readonly graphs: ReadonlyMap<number, LoadedGraph>;
}

/**
 * Inputs of the graph for `count` samples of the step from `first` on. Tensors on a device are disposed after the part.
 */
export type Feed = (
  first: number,
  count: number,
) => Promise<Readonly<Record<string, Tensor | DeviceTensor>>>;

/**
 * AdamW on a graph of `updateGraph`; its state stays on the device if the executor keeps results there.
 */
export class Optimisation {
  readonly #plan: OptimisationPlan;
  /** Initial sum of gradients, stored where the parameters are. */
  readonly #zeros: Tensor | DeviceTensor;
  readonly #uploaded: Uploaded | undefined;
  #parameters: Tensor | DeviceTensor;
  #mean: Tensor | DeviceTensor;
  #square: Tensor | DeviceTensor;
  #done: number;
  #firstLoss: number;
  #lastLoss: number;
  #rateScale: number;
  #momentsFrom: number;

  private constructor(plan: OptimisationPlan, start: OptimiserState, none: Tensor | Uploaded) {
    this.#plan = plan;
    this.#uploaded = 'value' in none ? none : undefined;
    this.#zeros = 'value' in none ? none.value : none;
    ({
      parameters: this.#parameters,
      mean: this.#mean,
      square: this.#square,
      step: this.#done,
      firstLoss: this.#firstLoss,
      lastLoss: this.#lastLoss,
      rateScale: this.#rateScale = 1,
      momentsFrom: this.#momentsFrom = 0,
    } = start);
  }

  /**
   * @param executor executor that the graphs were loaded on; the graphs stay loaded when this is disposed
   */
  static async open(
    plan: OptimisationPlan,
    start: OptimiserState,
    executor: Pick<Executor, 'keepsResults' | 'load'>,
  ): Promise<Optimisation> {
    const none = zeros(start.parameters.shape);
    return new Optimisation(
      plan,
      start,
      executor.keepsResults ? await upload(executor, none) : none,
    );
  }

  async dispose(): Promise<void> {
    for (const value of [this.#parameters, this.#mean, this.#square]) disposeOf(value);
    await this.#uploaded?.dispose();
  }

  /** Current parameters. */
  get parameters(): Tensor | DeviceTensor {
    return this.#parameters;
  }

  /**
   * Continues from other parameters with zero moments and another rate; the position in the schedule stays.
   *
   * @param step completed steps
   * @param rateScale factor on the schedule's rates from here on
   */
  goBack(parameters: Tensor, step: number, rateScale: number): void {
    for (const old of [this.#parameters, this.#mean, this.#square]) disposeOf(old);
    this.#parameters = { shape: parameters.shape, data: parameters.data.slice() };
    this.#mean = zeros(parameters.shape);
    this.#square = zeros(parameters.shape);
    this.#momentsFrom = step;
    this.#rateScale = rateScale;
    this.#done = step;
  }

  get rateScale(): number {
    return this.#rateScale;
  }

  /**
   * Performs one update from a whole batch, part by part. Returns the loss before it.
   *
   * @throws UserError 'diverged' if the loss is not finite
   */
  async step(step: number, feed: Feed): Promise<number> {
    const { steps, batch, peakLearningRate, parts, graphs } = this.#plan;
    const rate = this.#rateScale * learningRate(step, steps, peakLearningRate);
    const corrections = { shape: [2], data: biasCorrections(step - this.#momentsFrom + 1) };
    let sums: { loss: Tensor | DeviceTensor; gradient: Tensor | DeviceTensor } = {
      loss: scalarTensor(0),
      gradient: this.#zeros,
    };
    let first = 0;
    for (const part of parts) {
      const graph = graphs.get(part);
      if (!graph) throw new Error(`no graph for parts of ${part}`);
      const fed = await feed(first, part);
      first += part;
      const results = await graph.run({
        ...fed,
        parameters: this.#parameters,
        mean: this.#mean,
        square: this.#square,
        lossSum: sums.loss,
        gradientSum: sums.gradient,
        share: scalarTensor(part / batch),
        learningRate: scalarTensor(rate),
        corrections,
      });
      const result = (name: string): DeviceTensor => {
        const value = results.get(name);
        if (!value) throw new Error(`the training step has no result ${name}`);
        return value;
      };
      for (const old of [...Object.values(fed), sums.loss, sums.gradient]) {
        if (old !== this.#zeros) disposeOf(old);
      }
      sums = { loss: result('lossSumNext'), gradient: result('gradientSumNext') };
      const next = ['parametersNext', 'meanNext', 'squareNext'].map(result);
      if (first < batch) {
        for (const unused of next) unused.dispose();
        continue;
      }
      for (const old of [this.#parameters, this.#mean, this.#square]) disposeOf(old);
      [this.#parameters = this.#zeros, this.#mean = this.#zeros, this.#square = this.#zeros] = next;
    }
    const loss = (await readTensor(sums.loss)).data[0] ?? NaN;
    for (const old of [sums.loss, sums.gradient]) disposeOf(old);
    return this.#note(step, loss);
  }

  async state(): Promise<OptimiserState> {
    return {
      step: this.#done,
      parameters: await readTensor(this.#parameters),
      mean: await readTensor(this.#mean),
      square: await readTensor(this.#square),
      firstLoss: this.#firstLoss,
      lastLoss: this.#lastLoss,
      rateScale: this.#rateScale,
      momentsFrom: this.#momentsFrom,
    };
  }

  #note(step: number, loss: number): number {
    if (!Number.isFinite(loss)) {
      const smallerRate = this.#plan.peakLearningRate / 3;
      const message = trainingText.lossDiverged({ step: step + 1, smallerRate });
      throw new UserError('diverged', message);
    }
    if (step === 0) this.#firstLoss = loss;
    this.#lastLoss = loss;
    this.#done = step + 1;
    return loss;
  }
}

function scalarTensor(value: number): Tensor {
  return { shape: [], data: Float32Array.of(value) };
}

async function readTensor(value: Tensor | DeviceTensor): Promise<Tensor> {
  return 'data' in value ? value : value.read();
}

function disposeOf(value: Tensor | DeviceTensor): void {
  if (!('data' in value)) value.dispose();
}
