import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';

// By keyboard alone, and read by a machine as a screen reader would.

const steps = [
  'Project',
  'Images',
  'Labels',
  'Teacher',
  'Skip factor',
  'Distil',
  'Result',
  'Export',
];

describe('without a mouse', () => {
  let launched: LaunchedApp;
  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
  });

  /** Tabs until what has the focus is called so. */
  const tabTo = async (name: RegExp): Promise<void> => {
    const { page } = launched;
    for (let presses = 0; presses < 80; presses++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
      });
      if (name.test(focused)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`nothing called ${String(name)} can be reached with Tab`);
  };

  test('from the start to a run at work', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).waitFor();
    await tabTo(/^Open the sample$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    await page.getByRole('button', { name: /^Distil 6 of 12 blocks, / }).waitFor();
    await tabTo(/^Distil 6 of 12 blocks/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Distil' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await tabTo(/^Pause$/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Resume from step|^Start again/ }).waitFor();
  });

  test('labels the selected image, and takes it back', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+3');
    await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
    const rail = page.getByRole('button', { name: /^Labels / });
    const before = await rail.getAttribute('aria-label');
    await page.locator('[role=listbox] [role=option]').first().waitFor();
    await page.locator('[role=listbox] [role=option]').first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('2');
    await expect.poll(() => rail.getAttribute('aria-label')).not.toBe(before);
    await page.keyboard.press('Control+z');
    await expect.poll(() => rail.getAttribute('aria-label')).toBe(before);
  });

  test('the palette finds a step', async () => {
    const { page } = launched;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('teach');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Teacher' }).waitFor();
  });

  test.each(steps.map((name, index) => [name, index + 1] as const))(
    '%s has no serious finding of axe-core, dark and light',
    async (name, number) => {
      const { page } = launched;
      await page.keyboard.press(`Alt+${number}`);
      await page.getByRole('heading', { level: 1, name }).waitFor();
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(300);
        // The frameless mode opens no page of its own, which Electron's context cannot.
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        const serious = violations.filter(
          ({ impact }) => impact === 'serious' || impact === 'critical',
        );
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      }
    },
  );
});
