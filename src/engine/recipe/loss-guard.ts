import { UserError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { WatchedTraining } from './best-keeper.ts';

/** Means of the loss over a part of the steps, of which a training has so many: single batches are too noisy. */
const windows = 20;
const fewestSteps = 4;
/** A mean that is above the first one by this share is a rise. */
const rise = 0.1;
const divisor = 4;
/** Falls of the rate, after which training goes on as it is. */
const mostFalls = 6;

/**
 * Watches the loss of a training that has no images to spare: where its mean over some steps rises above that of the
 * first steps, training goes back to where the mean was least, with a quarter of the rate.
 */
export class LossGuard {
  readonly #window: number;
  #sum = 0;
  #count = 0;
  #first: number | undefined;
  #best: { readonly mean: number; readonly parameters: Tensor };
  #falls = 0;

  /** @param initial the parameters before the first step */
  constructor(steps: number, initial: Tensor) {
    this.#window = Math.max(fewestSteps, Math.ceil(steps / windows));
    this.#best = { mean: Infinity, parameters: initial };
  }

  get falls(): number {
    return this.#falls;
  }

  /** @param step steps done @param loss of the last one */
  async note(step: number, loss: number, training: WatchedTraining): Promise<void> {
    this.#sum += loss;
    this.#count += 1;
    if (this.#count < this.#window) return;
    const mean = this.#sum / this.#count;
    [this.#sum, this.#count] = [0, 0];
    const isRisen = this.#first !== undefined && mean > (1 + rise) * this.#first;
    if (isRisen && this.#falls < mostFalls) {
      this.#fall(step, training);
      return;
    }
    this.#first ??= mean;
    if (mean >= this.#best.mean) return;
    const { parameters } = training;
    const read = 'data' in parameters ? copyOf(parameters) : await parameters.read();
    this.#best = { mean, parameters: read };
  }

  /** Goes back after a loss that is no number. @throws the error where it is another, or no rate is small enough */
  rescue(error: unknown, step: number, training: WatchedTraining): void {
    const isDiverged = error instanceof UserError && error.code === 'diverged';
    if (!isDiverged || this.#falls >= mostFalls) throw error;
    [this.#sum, this.#count] = [0, 0];
    this.#fall(step, training);
  }

  #fall(step: number, training: WatchedTraining): void {
    this.#falls += 1;
    training.goBack(this.#best.parameters, step, divisor ** -this.#falls);
  }
}

function copyOf({ shape, data }: Tensor): Tensor {
  return { shape, data: data.slice() };
}
