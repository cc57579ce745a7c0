import {
  accuracyOf,
  hasRisen,
  isMoreAccurate,
  lossOf,
  replacesChampion,
} from '../../../core/distill/candidates.ts';
import type { Measured } from '../../../core/distill/candidates.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { DeviceTensor } from '../../../runtime/executor.ts';
import type { JobContext } from '../../job.ts';
import type { EvaluatedStudent } from './student-evaluator.ts';
import { recipeText } from '../../../text/index.ts';

/** State of the student: its untrained copy, its start, or the adapters after so many steps. */
type Kept = 'copy' | 'start' | number;

/**
 * State of the keeper in a checkpoint, so that a resumed run selects the same state as an uninterrupted one.
 */
export interface KeeperState {
  readonly origin: 'fitted' | 'copy';
  readonly copy: Measured;
  readonly start: Measured;
  /** Most accurate state so far. */
  readonly peak: Measured;
  readonly champion: {
    readonly kept: Kept;
    readonly measured: Measured;
    /** Adapters, if the state is from a training step. */
    readonly adapters: Tensor | null;
  };
  /** State nearest to the teacher at any check; training is rolled back to it. */
  readonly nearest: {
    readonly step: number;
    readonly losses: Float32Array;
    readonly adapters: Tensor;
  };
  /** Number of reductions of the learning rate. */
  readonly falls: number;
  readonly rateScale: number;
  /** True after the notice that the student is below its copy. */
  readonly isToldBelow: boolean;
  /** True if training ended early because no learning rate was small enough. */
  readonly isOver: boolean;
  /** True if the loss was above its initial value at the last check. */
  readonly wasAbove: boolean;
  /**
   * Steps completed at the last check: a check interrupted by a stop is repeated when the run is resumed.
   */
  readonly checked: number;
}

/** Training that the keeper controls. */
export interface WatchedTraining {
  readonly parameters: Tensor | DeviceTensor;
  goBack(parameters: Tensor, step: number, rateScale: number): void;
}

/**
 * Relative rise of the loss that is acted on immediately; a smaller rise, at the second check in a row: first steps
 * are noisy.
 */
const largeRise = 0.25;
/** Divisor of the learning rate when training diverges from the teacher. */
const divisor = 4;
/** Most reductions of the rate; if 1/4,096 of it does not help, training ends. */
const mostFalls = 6;
/** Number of loss checks per run; accuracy is also measured at every n-th check. */
const [checks, accuracyEvery] = [24, 3];

/**
 * Keeps the best state of a training: rolls back and lowers the rate if the student is further from the teacher than
 * at its start, and keeps the state that is best on the reserved images.
 */
export class BestKeeper {
  readonly #student: EvaluatedStudent;
  readonly #steps: number;
  readonly #context: JobContext;
  #state: KeeperState;

  /** @param begun state before the first step, or from a checkpoint */
  constructor(student: EvaluatedStudent, steps: number, context: JobContext, begun: KeeperState) {
    this.#student = student;
    this.#steps = steps;
    this.#context = context;
    this.#state = begun;
  }

  get state(): KeeperState {
    return this.#state;
  }

  /**
   * Returns true if a check follows a step; depends on the step's number alone, so that a resumed run checks at the
   * same steps.
   */
  isDue(step: number): boolean {
    return step % this.#every === 0 || step === this.#steps;
  }

  /**
   * Checks the training; called after each step.
   *
   * @param step completed steps
   * @param isLast true if training ends here
   * @returns whether training continues
   */
  async after(step: number, training: WatchedTraining, isLast: boolean): Promise<boolean> {
    const { checked, isOver } = this.#state;
    if ((!this.isDue(step) && !isLast) || step === checked || isOver) return !isOver;
    const isEnd = isLast || step === this.#steps;
    const measuresAccuracy = isEnd || step % (accuracyEvery * this.#every) === 0;
    const measured: Measured = measuresAccuracy
      ? await this.#student.measure(training.parameters)
      : { losses: await this.#student.losses(training.parameters), correct: null };
    const { start, nearest } = this.#state;
    const isAbove = hasRisen(measured.losses, start.losses);
    const isLarge = !(lossOf(measured) <= (1 + largeRise) * lossOf(start));
    // At the end a rollback is pointless.
    if (isAbove && !isEnd && (isLarge || this.#state.wasAbove)) {
      return this.#fall(step, measured, training);
    }
    if (lossOf(measured) < lossOf(nearest)) {
      const adapters = await copyOf(training.parameters);
      this.#state = { ...this.#state, nearest: { step, losses: measured.losses, adapters } };
    }
    if (measuresAccuracy) await this.#compare(step, measured, training);
    this.#state = { ...this.#state, wasAbove: isAbove, checked: step };
    return true;
  }

  /**
   * Rolls the training back after a loss that is not finite.
   *
   * @returns whether training continues
   */
  rescue(step: number, training: WatchedTraining): boolean {
    const { losses } = this.#state.start;
    return this.#fall(step, { losses: losses.map(() => NaN) }, training);
  }

  async close(): Promise<void> {
    await this.#student.close();
  }

  get #every(): number {
    return Math.max(1, Math.round(this.#steps / checks));
  }

  #fall(step: number, measured: Pick<Measured, 'losses'>, training: WatchedTraining): boolean {
    const { nearest, start, falls, rateScale } = this.#state;
    const next = rateScale / divisor;
    training.goBack(nearest.adapters, step, next);
    const isOver = falls >= mostFalls;
    this.#state = {
      ...this.#state,
      falls: falls + 1,
      rateScale: next,
      isOver,
      wasAbove: false,
      checked: step,
    };
    const rise = { step, began: lossOf(start), now: lossOf(measured) };
    this.#notice(isOver ? recipeText.endedEarly(rise) : recipeText.rolledBack(rise, nearest.step));
    return !isOver;
  }

  async #compare(step: number, measured: Measured, training: WatchedTraining): Promise<void> {
    const { champion, peak, copy, isToldBelow } = this.#state;
    if (replacesChampion(measured, champion.measured, peak)) {
      const adapters = await copyOf(training.parameters);
      this.#state = { ...this.#state, champion: { kept: step, measured, adapters } };
    }
    if (isHigher(measured, peak)) this.#state = { ...this.#state, peak: measured };
    if (isToldBelow || !isMoreAccurate(copy, measured)) return;
    this.#state = { ...this.#state, isToldBelow: true };
    const accuracies = { student: accuracyOf(measured), copy: accuracyOf(copy) };
    this.#notice(recipeText.belowCopy({ step, ...accuracies }));
  }

  #notice(message: string): void {
    this.#context.report({ type: 'notice', topic: 'recipe', message });
  }
}

/** Returns true if one state has a higher accuracy than the other, by however little. */
export function isHigher(one: Measured, other: Measured): boolean {
  return (accuracyOf(one) ?? -Infinity) > (accuracyOf(other) ?? -Infinity);
}

async function copyOf(value: Tensor | DeviceTensor): Promise<Tensor> {
  if (!('data' in value)) return value.read();
  return { shape: value.shape, data: value.data.slice() };
}
