import { expect, it } from 'vitest';
import { coalesced } from './coalesce.ts';

function controlled() {
  const open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      open.push({ resolve, reject });
    });
  return { open, run: coalesced(work) };
}

it('answers all calls during a run with one more run, started after them', async () => {
  const { open, run } = controlled();
  const first = run();
  const rest = Promise.all([run(), run(), run()]);
  expect(open).toHaveLength(1);
  open[0]?.resolve();
  await first;
  await Promise.resolve();
  expect(open).toHaveLength(2);
  open[1]?.resolve();
  await rest;
  void run();
  expect(open).toHaveLength(3);
});

it('continues after a failure, which only its own callers receive', async () => {
  const { open, run } = controlled();
  const first = run();
  const second = run();
  open[0]?.reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await Promise.resolve();
  open[1]?.resolve();
  await expect(second).resolves.toBeUndefined();
});
