import { UserError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { WatchedTraining } from './best-keeper.ts';

/** Windows of steps over which the mean loss is compared: single batches are too noisy. */
const windows = 20;
const fewestSteps = 4;
/** Relative rise of a window's mean above the first that triggers a rollback. */
const rise = 0.1;
const divisor = 4;
/** Most reductions of the rate; afterwards training continues unchanged. */
const mostFalls = 6;

/**
 * Guards a training without images to spare: if the mean loss of a window rises above that of the first, training is
 * rolled back to the parameters of the least mean, with a quarter of the rate.
 */
export class LossGuard {
  readonly #window: number;
  #sum = 0;
  #count = 0;
  #first: number | undefined;
  #best: { readonly mean: number; readonly parameters: Tensor };
  #falls = 0;

  /** @param initial parameters before the first step */
  constructor(steps: number, initial: Tensor) {
    this.#window = Math.max(fewestSteps, Math.ceil(steps / windows));
    this.#best = { mean: Infinity, parameters: initial };
  }

  get falls(): number {
    return this.#falls;
  }

  /**
   * Records the loss of a step.
   *
   * @param step completed steps
   * @param loss loss of the last step
   */
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

  /**
   * Rolls back after a loss that is not finite.
   *
   * @throws the error itself if it is another one, or no rate is small enough
   */
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
