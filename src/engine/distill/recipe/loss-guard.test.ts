import { expect, it } from 'vitest';
import { UserError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { LossGuard } from './loss-guard.ts';

const parameters = (value: number): Tensor => ({ shape: [1], data: Float32Array.of(value) });

/** Rollbacks of a training of 40 steps with these losses: parameters and rate of each. */
async function watch(lossOf: (step: number) => number): Promise<number[][]> {
  const guard = new LossGuard(40, parameters(0));
  const back: number[][] = [];
  for (let step = 1; step <= 40; step++) {
    const training = {
      parameters: parameters(step),
      goBack: ({ data }: Tensor, at: number, scale: number) => {
        back.push([at, data[0] ?? NaN, scale]);
      },
    };
    const loss = lossOf(step);
    if (Number.isFinite(loss)) await guard.note(step, loss, training);
    else guard.rescue(new UserError('diverged', ''), step, training);
  }
  return back;
}

it('ignores a noisy loss that falls', async () => {
  expect(await watch((step) => 2 - step / 40 + (step % 2))).toEqual([]);
});

it('returns to the lowest loss once it rises above its initial value', async () => {
  const back = await watch((step) => (step <= 8 ? 1 - step / 100 : step <= 12 ? 4 : 0.9));
  expect(back).toEqual([[12, 8, 1 / 4]]);
});

it('returns from a NaN loss, to the beginning if no loss is known yet', async () => {
  expect(await watch((step) => (step === 2 || step === 20 ? NaN : 1 - step / 100))).toEqual([
    [2, 0, 1 / 4],
    [20, 18, 1 / 16],
  ]);
});

it('gives up if no rate is small enough, and on other errors', async () => {
  await expect(watch(() => NaN)).rejects.toMatchObject({ code: 'diverged' });
  const training = { parameters: parameters(1), goBack: () => undefined };
  expect(() => {
    new LossGuard(40, parameters(0)).rescue(new Error('else'), 1, training);
  }).toThrow('else');
});
