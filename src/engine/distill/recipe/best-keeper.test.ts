import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../../contract/jobs.ts';
import type { Measured } from '../../../core/distill/candidates.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { BestKeeper } from './best-keeper.ts';
import type { KeeperState } from './best-keeper.ts';

/** Returns a measurement of a state with so many of 20 images predicted correctly. */
function measured(loss: number, right: number): Measured {
  return {
    losses: Float32Array.from({ length: 6 }, (_, at) => loss * (1 + 0.01 * at)),
    correct: Float32Array.from({ length: 20 }, (_, at) => (at < right ? 1 : 0)),
  };
}

const adapters = (value: number): Tensor => ({ shape: [1], data: Float32Array.of(value) });

function begun(copy: Measured, start: Measured): KeeperState {
  return {
    origin: 'fitted',
    copy,
    start,
    peak: start,
    champion: { kept: 'start', measured: start, adapters: null },
    nearest: { step: 0, losses: start.losses, adapters: adapters(0) },
    falls: 0,
    rateScale: 1,
    isToldBelow: false,
    isOver: false,
    wasAbove: false,
    checked: 0,
  };
}

/**
 * Simulates a training with given measurements, one per step, regardless of rollbacks; its adapters are the step.
 *
 * @param course measurement after each step
 * @param stopAt steps after which the keeper is created again from its state, as after a pause
 */
async function watch(
  course: readonly Measured[],
  state: KeeperState,
  stopAt = Infinity,
): Promise<{ state: KeeperState; backTo: number[]; messages: string[]; steps: number }> {
  const messages: string[] = [];
  const backTo: number[] = [];
  let step = 0;
  const at = (): Measured => course[step - 1] ?? measured(NaN, 0);
  const student = {
    losses: () => Promise.resolve(at().losses),
    measure: () => Promise.resolve(at()),
    close: () => Promise.resolve(),
  };
  const report = (event: JobEvent): void => {
    if (event.type === 'notice') messages.push(event.message);
  };
  const context = { signal: new AbortController().signal, report };
  let keeper = new BestKeeper(student, course.length, context, state);
  let isGoingOn = true;
  while (isGoingOn && step < course.length) {
    step += 1;
    const training = {
      parameters: adapters(step),
      goBack: (parameters: Tensor) => backTo.push(parameters.data[0] ?? NaN),
    };
    isGoingOn = await keeper.after(step, training, false);
    if (step === stopAt) keeper = new BestKeeper(student, course.length, context, keeper.state);
  }
  return { state: keeper.state, backTo, messages, steps: step };
}

const [copy, start] = [measured(8, 12), measured(2, 16)];

describe('the learning rate', () => {
  it('stays if the loss falls after a noisy first step', async () => {
    const course = [2.05, 1.9, 1.8, 1.7, 1.6, 1.5].map((loss) => measured(loss, 16));
    const { state, backTo, messages } = await watch(course, begun(copy, start));
    expect({ backTo, messages, falls: state.falls }).toEqual({
      backTo: [],
      messages: [],
      falls: 0,
    });
    expect(state.champion.kept).toBe(6);
  });

  it('is lowered if the loss stays above its initial value, and training returns to the nearest state', async () => {
    const course = [1.5, 1.4, 2.2, 2.3, 1.3, 1.2].map((loss) => measured(loss, 16));
    const { state, backTo, messages } = await watch(course, begun(copy, start));
    expect(backTo).toEqual([2]);
    expect(state).toMatchObject({ falls: 1, rateScale: 0.25 });
    expect(messages[0]).toMatch(/^After step 4 .* rolled back to step 2 and .* with a quarter/);
  });

  it('is lowered at once if the loss jumps or is NaN', async () => {
    const course = [4, NaN, 1.9, 1.9, 1.9, 1.8].map((loss) => measured(loss, 16));
    const { backTo, state } = await watch(course, begun(copy, start));
    expect(backTo).toEqual([0, 0]);
    expect(state.rateScale).toBe(1 / 16);
  });

  it('ends training if no rate is small enough, with the best state', async () => {
    const course = Array.from({ length: 24 }, () => measured(9, 16));
    const { state, steps, messages } = await watch(course, begun(copy, start));
    expect(steps).toBe(7);
    expect(state.champion.kept).toBe('start');
    expect(messages.at(-1)).toMatch(/Training ends here, with the best state so far/);
  });
});

describe('the state that is kept', () => {
  it('is the best, not the last', async () => {
    const losses = [1.9, 1.8, 1.7, 1.6, 1.5, 1.4];
    const course = losses.map((loss, at) => measured(loss, at < 3 ? 18 : 9));
    const { state, messages } = await watch(course, begun(copy, start));
    expect(state.champion.kept).toBe(3);
    expect(state.champion.adapters?.data[0]).toBe(3);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(
      /^After step 6 the student classifies 45.0 % .* correctly, its untrained copy 60.0 %. The best state so far/,
    );
  });

  it('is the copy if no other state is as accurate', async () => {
    const best = measured(8, 19);
    const state = { ...begun(best, measured(2, 8)), peak: best };
    const kept = { kept: 'copy' as const, measured: best, adapters: null };
    const course = [1.9, 1.8, 1.7].map((loss) => measured(loss, 9));
    const outcome = await watch(course, { ...state, champion: kept });
    expect(outcome.state.champion.kept).toBe('copy');
  });

  it.each([1, 2, 3, 4, 5])('is the same after a pause at step %d', async (step) => {
    const course = [1.5, 2.2, 2.4, 1.4, 1.3, 1.2].map((loss, at) => measured(loss, 20 - at));
    const whole = await watch(course, begun(copy, start));
    expect(await watch(course, begun(copy, start), step)).toEqual(whole);
  });
});
