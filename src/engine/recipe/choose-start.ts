import { accuracyOf, isMoreAccurate, lossOf, takesPlace } from '../../core/distill/candidates.ts';
import type { Measured } from '../../core/distill/candidates.ts';
import type { StudentPlan } from '../../core/distill/train-step.ts';
import { UserError } from '../../core/errors.ts';
import { initialAdapters } from '../../core/lora/adapters.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import type { JobContext } from '../job.ts';
import { isHigher } from './best-keeper.ts';
import type { KeeperState } from './best-keeper.ts';
import type { StudentJudge } from './student-judge.ts';
import { percentText } from './words.ts';

/** Where the student begins, and what a run knows before its first step. */
export interface ChosenStart {
  readonly base: VitModel;
  readonly state: KeeperState;
}

export interface StartPlan extends StudentPlan {
  readonly asked: 'auto' | 'fitted' | 'copy';
  readonly seed: number;
  /** The copy, fitted; the copy itself where there is nothing to fit. */
  fit(): Promise<VitModel>;
}

/**
 * Measures the plain copy, and the fitted one where that is asked for or to be tried, on images that are set aside, and
 * chooses where the student begins: at the fitted copy unless the plain one is more accurate by more than the noise, or
 * nearer to the teacher.
 *
 * @throws UserError as `fit`, where the fitted start was asked for
 */
export async function chooseStart(
  plan: StartPlan,
  judge: StudentJudge,
  context: JobContext,
): Promise<ChosenStart> {
  const { asked, layout } = plan;
  // Adapters as they begin add nothing.
  const adapters = { shape: [layout.size], data: initialAdapters(layout, plan.seed) };
  const copy = await measure(judge, plan, adapters);
  const fitted = asked === 'copy' ? undefined : await fitOrNothing(plan, context);
  if (!fitted || fitted === plan.copy) {
    return { base: plan.copy, state: begun('copy', copy, copy, adapters) };
  }
  const measured = await measure(judge, { ...plan, copy: fitted }, adapters);
  const isFitted = asked === 'fitted' || takesPlace(measured, copy, copy);
  const message = `${asked === 'auto' ? 'The student begins as the' : 'As asked for, the student begins as the'} ${isFitted ? 'fitted' : 'plain'} copy. ${reason(measured, copy, judge.tested)}`;
  context.report({ type: 'notice', topic: 'recipe', message });
  return isFitted
    ? { base: fitted, state: begun('fitted', copy, measured, adapters) }
    : { base: plan.copy, state: begun('copy', copy, copy, adapters) };
}

async function measure(
  judge: StudentJudge,
  plan: StudentPlan,
  adapters: Tensor,
): Promise<Measured> {
  const student = await judge.student(plan);
  try {
    return await student.measure(adapters);
  } finally {
    await student.close();
  }
}

/** Where nobody asked for it, a fit that comes to nothing is no reason to give up. */
async function fitOrNothing(plan: StartPlan, context: JobContext): Promise<VitModel | undefined> {
  try {
    return await plan.fit();
  } catch (error) {
    const isFailed = error instanceof UserError && error.code === 'diverged';
    if (!isFailed || plan.asked !== 'auto') throw error;
    const message = 'The copy could not be fitted. The student begins as the plain copy.';
    context.report({ type: 'notice', topic: 'recipe', message });
    return undefined;
  }
}

/** `Of 20 training images set aside, a probe gets 85.0 % right on the fitted copy, 70.0 % on the plain one; …` */
function reason(fitted: Measured, copy: Measured, tested: number): string {
  const losses = `its features differ from the teacher's by ${lossOf(fitted).toFixed(3)}, those of the plain copy by ${lossOf(copy).toFixed(3)}`;
  if (!fitted.correct) return `The fitted copy: ${losses}.`;
  const isBelow = isMoreAccurate(copy, fitted);
  const noise = isBelow || isHigher(fitted, copy) ? '' : ', which is no difference beyond chance';
  return `Of ${tested} training images that were set aside, a probe predicts ${percentText(accuracyOf(fitted))} correctly on the fitted copy, and ${percentText(accuracyOf(copy))} on the plain one${noise}. The fitted copy: ${losses}.`;
}

function begun(
  origin: KeeperState['origin'],
  copy: Measured,
  start: Measured,
  adapters: Tensor,
): KeeperState {
  const peak = isHigher(start, copy) ? start : copy;
  const isStartBest = origin === 'copy' || takesPlace(start, copy, peak);
  return {
    ...{ origin, copy, start, peak },
    champion: isStartBest
      ? { kept: 'start', measured: start, adapters: null }
      : { kept: 'copy', measured: copy, adapters: null },
    nearest: { step: 0, losses: start.losses, adapters },
    ...{ falls: 0, rateScale: 1, isToldBelow: false, isOver: false, wasAbove: false, checked: 0 },
  };
}
