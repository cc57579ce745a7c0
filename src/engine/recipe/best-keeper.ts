import {
  accuracyOf,
  hasRisen,
  isMoreAccurate,
  lossOf,
  takesPlace,
} from '../../core/distill/candidates.ts';
import type { Measured } from '../../core/distill/candidates.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { DeviceTensor } from '../../runtime/executor.ts';
import type { JobContext } from '../job.ts';
import { percentText } from './words.ts';
import type { JudgedStudent } from './student-judge.ts';

/** What a state of the student is: its plain copy, its start, or the adapters after so many steps. */
type Kept = 'copy' | 'start' | number;

/** What a checkpoint holds besides the training's own state, so that a resumed run chooses as one that never stopped. */
export interface KeeperState {
  readonly origin: 'fitted' | 'copy';
  readonly copy: Measured;
  readonly start: Measured;
  /** The most accurate state so far. */
  readonly peak: Measured;
  readonly champion: {
    readonly kept: Kept;
    readonly measured: Measured;
    /** Adapters where it is a step's. */
    readonly adapters: Tensor | null;
  };
  /** The state that was nearest to the teacher at a check, to which training goes back. */
  readonly nearest: {
    readonly step: number;
    readonly losses: Float32Array;
    readonly adapters: Tensor;
  };
  /** How often the rate fell. */
  readonly falls: number;
  readonly rateScale: number;
  /** The person was told that the student is below its copy. */
  readonly isToldBelow: boolean;
  /** Training ended early, as no rate was small enough. */
  readonly isOver: boolean;
  /** Whether the loss was above where it began at the last check. */
  readonly wasAbove: boolean;
  /** Steps done at the last check: a run that is stopped during one makes it when it goes on. */
  readonly checked: number;
}

/** The training that is watched. */
export interface WatchedTraining {
  readonly parameters: Tensor | DeviceTensor;
  goBack(parameters: Tensor, step: number, rateScale: number): void;
}

/** A rise of the loss by this share is answered at once; less, at the second check in a row: first steps are noisy. */
const largeRise = 0.25;
/** What the rate is divided by where training led away from the teacher. */
const divisor = 4;
/** Falls of the rate; after them a 4,096th of it is no help either, and training ends. */
const mostFalls = 6;
/** Checks of the loss in a run, and of these, one in so many measures accuracy too. */
const [checks, lookEvery] = [24, 3];

/**
 * Watches over a training: goes back and lowers the rate where the student is further from the teacher than where it
 * began, and keeps the state that is best on images that are set aside.
 */
export class BestKeeper {
  readonly #student: JudgedStudent;
  readonly #steps: number;
  readonly #context: JobContext;
  #state: KeeperState;

  /** @param begun what was found before the first step, or what a checkpoint holds */
  constructor(student: JudgedStudent, steps: number, context: JobContext, begun: KeeperState) {
    this.#student = student;
    this.#steps = steps;
    this.#context = context;
    this.#state = begun;
  }

  get state(): KeeperState {
    return this.#state;
  }

  /** Whether a step is followed by a check: by its number alone, so that a resumed run has the same. */
  isDue(step: number): boolean {
    return step % this.#every === 0 || step === this.#steps;
  }

  /**
   * Called after each step.
   *
   * @param step steps done
   * @param isLast whether training ends here
   * @returns whether training goes on
   */
  async after(step: number, training: WatchedTraining, isLast: boolean): Promise<boolean> {
    const { checked, isOver } = this.#state;
    if ((!this.isDue(step) && !isLast) || step === checked || isOver) return !isOver;
    const isEnd = isLast || step === this.#steps;
    const isLook = isEnd || step % (lookEvery * this.#every) === 0;
    const measured: Measured = isLook
      ? await this.#student.measure(training.parameters)
      : { losses: await this.#student.losses(training.parameters), correct: null };
    const { start, nearest } = this.#state;
    const isAbove = hasRisen(measured.losses, start.losses);
    const isLarge = !(lossOf(measured) <= (1 + largeRise) * lossOf(start));
    // At the end there is nothing to go back for.
    if (isAbove && !isEnd && (isLarge || this.#state.wasAbove)) {
      return this.#fall(step, measured, training);
    }
    if (lossOf(measured) < lossOf(nearest)) {
      const adapters = await copyOf(training.parameters);
      this.#state = { ...this.#state, nearest: { step, losses: measured.losses, adapters } };
    }
    if (isLook) await this.#compare(step, measured, training);
    this.#state = { ...this.#state, wasAbove: isAbove, checked: step };
    return true;
  }

  /** What training went back to after a loss that is no number. @returns whether it could */
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
    const [began, now] = [lossOf(start), lossOf(measured)];
    const rose = `After step ${step} the student is further from its teacher than where it began (loss ${began.toFixed(3)} → ${Number.isFinite(now) ? now.toFixed(3) : 'not a number'})`;
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
    const back = nearest.step === 0 ? 'its start' : `step ${nearest.step}`;
    this.#notice(
      isOver
        ? `${rose}, at ever smaller learning rates. Training ends here, with what was best.`
        : `${rose}. It goes back to ${back}, with a quarter of the learning rate.`,
    );
    return !isOver;
  }

  async #compare(step: number, measured: Measured, training: WatchedTraining): Promise<void> {
    const { champion, peak, copy, isToldBelow } = this.#state;
    if (takesPlace(measured, champion.measured, peak)) {
      const adapters = await copyOf(training.parameters);
      this.#state = { ...this.#state, champion: { kept: step, measured, adapters } };
    }
    if (isHigher(measured, peak)) this.#state = { ...this.#state, peak: measured };
    if (isToldBelow || !isMoreAccurate(copy, measured)) return;
    this.#state = { ...this.#state, isToldBelow: true };
    this.#notice(
      `After step ${step} the student predicts ${percentText(accuracyOf(measured))} of the training images that were set aside correctly, its plain copy ${percentText(accuracyOf(copy))}. The best state so far is kept, whatever training comes to.`,
    );
  }

  #notice(message: string): void {
    this.#context.report({ type: 'notice', topic: 'recipe', message });
  }
}

/** Whether more is right, by however little. */
export function isHigher(one: Measured, other: Measured): boolean {
  return (accuracyOf(one) ?? -Infinity) > (accuracyOf(other) ?? -Infinity);
}

async function copyOf(value: Tensor | DeviceTensor): Promise<Tensor> {
  if (!('data' in value)) return value.read();
  return { shape: value.shape, data: value.data.slice() };
}
