import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { latestRun, openSample, waitForStep } from './support/sample-project.ts';
import { photograph } from './support/screenshots.ts';

// A run that is ended before its last step, and how it is described afterwards.

describe('finishing early', () => {
  let launched: LaunchedApp;

  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
    const { page } = launched;
    const project = await openSample(page, 700);
    await page.getByRole('button', { name: /^Distil \d+ of 12 blocks/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Distil' }).waitFor();
    await waitForStep(page, project, 3);
  });
  afterAll(async () => {
    await launched.close();
  });

  test('is requested once, and the run cannot be paused in the meantime', async () => {
    const { page } = launched;
    const finish = page.getByRole('button', { name: 'Finish now' });
    // Observed in the page itself: it may be over before a test could look.
    const meanwhile = await finish.evaluate(
      (pressed: HTMLButtonElement) =>
        new Promise<[name: string, isDisabled: boolean][]>((resolve) => {
          const buttons = [...(pressed.parentElement?.querySelectorAll('button') ?? [])];
          new MutationObserver((_, observer) => {
            if (!pressed.textContent.includes('Finishing…')) return;
            observer.disconnect();
            resolve(buttons.map(({ textContent, disabled }) => [textContent.trim(), disabled]));
          }).observe(pressed, { subtree: true, childList: true, characterData: true });
          pressed.click();
        }),
    );
    expect(meanwhile).toContainEqual(['Finishing…', true]);
    expect(meanwhile).toContainEqual(['Pause', true]);
    await page.getByRole('button', { name: 'Finishing…' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Finish now' }).count()).toBe(0);
  });

  test('states the number of completed steps', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'See the result' }).waitFor({ timeout: 900_000 });
    const { step, settings, summary } = await latestRun(page, 1);
    expect(summary?.steps).toBe(step);
    expect(step).toBeLessThan(settings.steps);
    const figure = page.locator('dl > div').filter({ hasText: 'Steps, finished early' });
    expect((await figure.locator('dd').textContent())?.replaceAll(/\s+/g, ' ').trim()).toBe(
      `${step} of ${settings.steps}`,
    );
    await photograph(launched, '34-finished-early');
  });
});
