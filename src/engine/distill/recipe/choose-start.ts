import {
  accuracyOf,
  isMoreAccurate,
  lossOf,
  replacesChampion,
} from '../../../core/distill/candidates.ts';
import type { Measured } from '../../../core/distill/candidates.ts';
import type { StudentPlan } from '../../../core/distill/train-step.ts';
import { UserError } from '../../../core/errors.ts';
import { initialAdapters } from '../../../core/vit/adapters.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import type { JobContext } from '../../job.ts';
import { isHigher } from './best-keeper.ts';
import type { KeeperState } from './best-keeper.ts';
import type { StudentEvaluator } from './student-evaluator.ts';
import { recipeText } from '../../../text/index.ts';

/** Starting point of the student, and the keeper's state before the first step. */
export interface ChosenStart {
  readonly base: VitModel;
  readonly state: KeeperState;
}

export interface StartPlan extends StudentPlan {
  readonly asked: 'auto' | 'fitted' | 'copy';
  readonly seed: number;
  /** Fits the copy; returns the copy itself if there is nothing to fit. */
  fit(): Promise<VitModel>;
}

/**
 * Measures the untrained copy, and the fitted one if requested or automatic, on reserved images, and chooses the student's
 * starting point: the fitted copy, unless the untrained one is more accurate by more than the noise, or nearer to the
 * teacher.
 *
 * @throws UserError as `fit`, if the fitted start was requested
 */
export async function chooseStart(
  plan: StartPlan,
  evaluator: StudentEvaluator,
  context: JobContext,
): Promise<ChosenStart> {
  const { asked, layout } = plan;
  // Initial adapters add nothing.
  const adapters = { shape: [layout.size], data: initialAdapters(layout, plan.seed) };
  const copy = await measure(evaluator, plan, adapters);
  const fitted = asked === 'copy' ? undefined : await fitOrNothing(plan, context);
  if (!fitted || fitted === plan.copy) {
    return { base: plan.copy, state: begun('copy', copy, copy, adapters) };
  }
  const measured = await measure(evaluator, { ...plan, copy: fitted }, adapters);
  const isFitted = asked === 'fitted' || replacesChampion(measured, copy, copy);
  const message = recipeText.starts(
    { isRequested: asked !== 'auto', start: isFitted ? 'fitted' : 'copy' },
    trialOf(measured, copy, evaluator.tested),
  );
  context.report({ type: 'notice', topic: 'recipe', message });
  return isFitted
    ? { base: fitted, state: begun('fitted', copy, measured, adapters) }
    : { base: plan.copy, state: begun('copy', copy, copy, adapters) };
}

async function measure(
  evaluator: StudentEvaluator,
  plan: StudentPlan,
  adapters: Tensor,
): Promise<Measured> {
  const student = await evaluator.student(plan);
  try {
    return await student.measure(adapters);
  } finally {
    await student.close();
  }
}

/** Fits the copy; undefined if an automatic fit fails, which must not end the run. */
async function fitOrNothing(plan: StartPlan, context: JobContext): Promise<VitModel | undefined> {
  try {
    return await plan.fit();
  } catch (error) {
    const isFailed = error instanceof UserError && error.code === 'diverged';
    if (!isFailed || plan.asked !== 'auto') throw error;
    context.report({ type: 'notice', topic: 'recipe', message: recipeText.notFitted });
    return undefined;
  }
}

/** Figures of the comparison for its notice. */
function trialOf(
  fitted: Measured,
  copy: Measured,
  tested: number,
): Parameters<typeof recipeText.starts>[1] {
  return {
    tested: fitted.correct ? tested : 0,
    loss: { fitted: lossOf(fitted), copy: lossOf(copy) },
    accuracy: { fitted: accuracyOf(fitted), copy: accuracyOf(copy) },
    isWithinChance: !isMoreAccurate(copy, fitted) && !isHigher(fitted, copy),
  };
}

function begun(
  origin: KeeperState['origin'],
  copy: Measured,
  start: Measured,
  adapters: Tensor,
): KeeperState {
  const peak = isHigher(start, copy) ? start : copy;
  const isStartBest = origin === 'copy' || replacesChampion(start, copy, peak);
  return {
    origin,
    copy,
    start,
    peak,
    champion: isStartBest
      ? { kept: 'start', measured: start, adapters: null }
      : { kept: 'copy', measured: copy, adapters: null },
    nearest: { step: 0, losses: start.losses, adapters },
    falls: 0,
    rateScale: 1,
    isToldBelow: false,
    isOver: false,
    wasAbove: false,
    checked: 0,
  };
}
