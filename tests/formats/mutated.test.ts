import { expect, test } from 'vitest';
import { kindNames } from './mutated/kinds.ts';
import { watchMutants } from './mutated/watch.ts';

/*
 * Files in which something was changed: each is read or refused with a message for the user, quickly and in bounded
 * memory. A mutant is a number under a seed: the same number gives the same file on every computer. Mutants that once
 * revealed a fault are in mutated/kept.json and are read in every run.
 *
 * To run more mutants, others, or only some numbers by hand:
 *
 * - `UNDERSTUDY_MUTANTS=10000 UNDERSTUDY_MUTANTS_SEED=7 npx vitest run --project integration mutated`
 * - `UNDERSTUDY_MUTANTS=4210-4211 npx vitest run --project integration mutated -t images`
 */

const [asked, seed] = [process.env.UNDERSTUDY_MUTANTS, process.env.UNDERSTUDY_MUTANTS_SEED];
const [first = '', last] = (asked ?? '').split('-');
const usual = { images: 700, masks: 400, models: 300, labels: 700, checkpoints: 1500 };
const isByHand = asked !== undefined;
// A busy computer is slow, not wrong; a hang never ends.
const bounds = { ms: isByHand ? 2000 : 6000, hangMs: isByHand ? 20_000 : 60_000, memory: 1e9 };

test.each(kindNames)(
  'changed %s are read or refused',
  async (kind) => {
    const [from, to] = last === undefined ? [0, Number(first)] : [Number(first), Number(last)];
    const numbers = isByHand ? { from, to } : { from: 0, to: usual[kind] };
    const mutants = { kind, seed: Number(seed ?? 20_261_130), ...numbers };
    const { read, refused, faults, slowestMs, grown } = await watchMutants(mutants, bounds);
    if (isByHand) {
      const most = `at most ${Math.round(slowestMs)} ms and ${Math.round(grown / 1e6)} MB`;
      console.log(`${kind}: ${read} read, ${refused} refused, ${faults.length} faults; ${most}`);
    }
    expect(faults.map(({ number, of, what }) => `${kind} ${number} (${of}): ${what}`)).toEqual([]);
    if (numbers.to - numbers.from < 100) return;
    // Otherwise nothing was changed, or everything was refused at its first bytes.
    expect(read).toBeGreaterThan((read + refused) / 20);
    expect(refused).toBeGreaterThan((read + refused) / 20);
  },
  7_200_000,
);

test('every kind of failing reader is detected, and the next file is read', async () => {
  const mutants = { kind: 'faults', seed: 1, from: 0, to: 6 } as const;
  const { refused, faults } = await watchMutants(mutants, { ms: 700, hangMs: 12_000, memory: 2e8 });
  expect(refused).toBeGreaterThan(0);
  const seen = faults.map(
    ({ number, of, what }) => `${number} ${of}: ${what.split('\n')[0] ?? ''}`,
  );
  const expected = [
    /^1 defect: TypeError: x is not a function/,
    /^2 hangs: no end after 12 s/,
    /^3 slow: \d+ ms of computing/,
    /^4 crashes: the process ended \(.+\)/,
    /^5 greedy: \d+ MB of memory/,
  ];
  expect(seen).toEqual(expected.map((words): unknown => expect.stringMatching(words)));
});
