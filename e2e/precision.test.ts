import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { supportsFloat16 } from '../src/renderer/steps/skip/settings/precision-choice.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf } from './support/bridge.ts';
import { openSample } from './support/sample-project.ts';
import { photograph } from './support/screenshots.ts';

// The choice of the precision of matrix products on a GPU, usually without a GPU.

describe('the precision of a project', () => {
  let launched: LaunchedApp;
  let project: number;
  let hasHalf: boolean;

  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
    project = await openSample(launched.page, 130);
    const devices = await answerOf(launched.page, 'device.list', { project });
    hasHalf = supportsFloat16(devices, { device: 'auto' });
  });
  afterAll(async () => {
    const { workspace, userData } = launched;
    await launched.close();
    for (const folder of [workspace, userData]) await rm(folder, { recursive: true, force: true });
  });

  const kept = async (): Promise<string> =>
    (await answerOf(launched.page, 'project.get', { project })).settings.precision;

  test('is offered if a run could use a graphics card', async () => {
    const { page } = launched;
    await page.getByText('Advanced', { exact: true }).click();
    await page.getByRole('group', { name: 'Start' }).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: 'Testing the devices' })
      .waitFor({ state: 'detached' });
    expect(await page.getByRole('group', { name: 'Precision' }).count()).toBe(hasHalf ? 1 : 0);
  });

  test('survives a restart, can be chosen by keys, and is reset with the other defaults', async () => {
    const settings = { precision: 'float16' } as const;
    await answerOf(launched.page, 'project.update', { project, settings });
    const { workspace, userData } = launched;
    await launched.app.close();
    launched = await launchApp({ workspace, userData, colorScheme: 'dark' });
    const { page } = launched;
    await page.getByText('Land cover (sample)').first().click();
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    await page.getByText('Advanced', { exact: true }).click();
    const group = page.getByRole('group', { name: 'Precision' });
    const [single, half] = ['float32', 'float16'].map((name) => group.getByRole('radio', { name }));
    if (!single || !half) throw new Error('two choices are named');
    expect(await half.isChecked()).toBe(true);
    if (!hasHalf) await group.getByText(/^No device .* supports float16/).waitFor();
    await group.scrollIntoViewIfNeeded();
    await photograph(launched, '61-precision');
    await half.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(kept).toBe('float32');
    expect(await single.isChecked()).toBe(true);
    await group.getByText(/fourth decimal/).waitFor();
    await page.keyboard.press('ArrowRight');
    await expect.poll(kept).toBe('float16');
    await page.getByRole('button', { name: 'Reset to defaults' }).click();
    await expect.poll(kept).toBe('float32');
    expect(await single.isChecked()).toBe(true);
  });
});
