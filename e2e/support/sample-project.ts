import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { Project, Run } from '../../src/contract/app.ts';
import { answerOf, ask } from './bridge.ts';

/** Opens the sample from the start page, with this many steps to distil, and returns its number. */
export async function openSample(page: Page, steps: number): Promise<number> {
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
  const [{ id }] = (await answerOf(page, 'project.list', null)) as [Project];
  // Quick settings: few views to prepare, and no start to fit.
  const settings = { steps, batch: 16, views: 2, start: 'copy' };
  await ask(page, 'project.update', { project: id, settings });
  return id;
}

/** Returns the project's latest run as the engine knows it. */
export async function latestRun(page: Page, project: number): Promise<Run> {
  const [run] = await answerOf(page, 'run.list', { project });
  if (!run) throw new Error('there is no run');
  return run;
}

/** Waits until the latest run has reached a step; its step is stored every two seconds. */
export async function waitForStep(page: Page, project: number, step: number): Promise<void> {
  // Hooks wait for it too, and there expectations cannot be polled.
  await vi.waitFor(
    async () => {
      expect((await latestRun(page, project)).step).toBeGreaterThanOrEqual(step);
    },
    { interval: 200, timeout: 900_000 },
  );
}
