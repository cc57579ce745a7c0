import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { shareOf, watchOthers } from './cpu-contention.ts';

it('counts the load of other processes', async () => {
  const all = cpus().length;
  const busy = cpus().map(() => spawn(process.execPath, ['--eval', 'for (;;);']));
  onTestFinished(async () => {
    const ended = busy.map((child) => once(child, 'exit'));
    for (const child of busy) child.kill('SIGKILL');
    await Promise.all(ended);
  });
  await wait(500);
  const freeShare = watchOthers(all);
  await wait(1000);
  const free = freeShare();
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThan(0.5);
});

it.each([
  ['cpu', 0.4],
  ['webgpu', 1],
  ['tensorflow', 1],
] as const)('on %s, a free share of 0.4 of the processors counts as %d', (device, share) => {
  expect(shareOf(device, 0.4)).toBe(share);
});
